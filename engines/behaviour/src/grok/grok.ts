import type { PatternNeeds } from '@sevenfold/literals'
import type { Regex } from '@sevenfold/regex'

/** A field of a grok pattern and the group that holds it (0: none does). */
export interface GrokField {
  readonly field: string
  readonly group: number
}

/** What is read of the fields that groks write. */
export interface ReadFields {
  /** Whether a field is read at all. */
  has(field: string): boolean
  /** Whether a reader tells a field that is missing from one that is empty. */
  tellsMissing(field: string): boolean
}

/** A compiled grok pattern. */
export class Grok {
  readonly #regex: Regex
  readonly #names: readonly string[]
  readonly #fields: readonly GrokField[]
  /** Fields that are written. */
  #written: readonly string[] = []
  /** Where the start of each of them stands in the captures; 0: nowhere. */
  #slots: readonly number[] = []
  /** Which of them are not written when they are empty and not there. */
  #lean: readonly boolean[] = []

  constructor(regex: Regex, fields: readonly GrokField[]) {
    this.#regex = regex
    this.#fields = fields
    this.#names = fields.map(({ field }) => field)
    this.writeOnly({ has: () => true, tellsMissing: () => true })
  }

  /** From now on writes only fields that somebody reads. Whether it matches does not change. */
  writeOnly(reads: ReadFields): void {
    const written = this.#fields.filter(({ field }) => reads.has(field))
    this.#lean = written.map(({ field }) => !reads.tellsMissing(field))
    this.#written = written.map(({ field }) => field)
    this.#slots = written.map(({ group }) => group * 2)
  }

  /** The expression that is matched. */
  get source(): string {
    return this.#regex.source
  }

  /** Names of its fields. */
  get fields(): readonly string[] {
    return this.#names
  }

  /** Gives back what only building a filter needs: of a large rule set most patterns never run. */
  forget(): void {
    this.#regex.forget()
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
    if (this.#names.length === 0) return false
    const captures = this.#regex.captures(text)
    if (captures === null) return false
    // By index: this runs for each field of each line.
    const names = this.#written
    for (let at = 0; at < names.length; at++) {
      const slot = this.#slots[at] ?? 0
      const start = slot === 0 ? -1 : (captures[slot] ?? -1)
      const name = names[at] ?? ''
      if (start >= 0) into.set(name, text.slice(start, captures[slot + 1]))
      else if (this.#lean[at] !== true || into.has(name)) into.set(name, '')
    }
    return true
  }
}
