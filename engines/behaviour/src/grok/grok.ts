import type { PatternNeeds } from '@sevenfold/literals'
import type { Regex } from '@sevenfold/regex'

/** A field of a grok pattern and the group that holds it (0: none does). */
export interface GrokField {
  readonly field: string
  readonly group: number
}

/** A compiled grok pattern. */
export class Grok {
  readonly #regex: Regex
  readonly #fields: readonly GrokField[]

  constructor(regex: Regex, fields: readonly GrokField[]) {
    this.#regex = regex
    this.#fields = fields
  }

  /** The expression that is matched. */
  get source(): string {
    return this.#regex.source
  }

  /** Names of its fields. */
  get fields(): readonly string[] {
    return this.#fields.map(({ field }) => field)
  }

  /** What every match contains, for a prefilter over several patterns. */
  get needs(): PatternNeeds {
    const { requiredLiterals, requiredBytes, minLength } = this.#regex
    return { clauses: requiredLiterals, bytes: requiredBytes, minLength }
  }

  /**
   * Writes the fields of the first match into `into`; a group that took no part writes an empty text. False, with
   * nothing written, when it does not match, and also when the pattern has no field at all (as in CrowdSec).
   */
  parse(text: string, into: Map<string, string>): boolean {
    if (this.#fields.length === 0) return false
    const match = this.#regex.exec(text)
    if (match === null) return false
    const { captures } = match
    for (const { field, group } of this.#fields) {
      const start = group === 0 ? -1 : (captures[2 * group] ?? -1)
      into.set(field, start < 0 ? '' : text.slice(start, captures[2 * group + 1]))
    }
    return true
  }
}
