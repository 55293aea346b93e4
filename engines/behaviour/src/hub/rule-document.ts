/** One YAML document of a rule file, as `core/yaml` gives it: the engine never reads YAML text. */
export interface RuleDocument {
  /** Name of the file as users know it; for messages. */
  readonly file: string
  /** Maps without prototype, arrays, strings, numbers, booleans, null. */
  readonly value: unknown
  /** Where a value (or its key) stands; both counted from 1. */
  at(
    path: readonly (string | number)[],
    what?: 'key' | 'value',
  ): { readonly line: number; readonly column: number }
}

/** One thing wrong with a rule file. The rule it stands in is left out; all others load. */
export interface RuleProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}
