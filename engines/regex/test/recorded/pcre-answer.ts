/** A pattern, an input, and start and end of each group that PCRE2 finds; null: no match. Groups behind the last one that took part are left out. */
export type PcreAnswer = readonly [pattern: string, input: string, spans: readonly number[] | null]
