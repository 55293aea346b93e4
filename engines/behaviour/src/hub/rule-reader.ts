import type { RuleDocument, RuleProblem } from './rule-document.ts'

/** Longest text of a rule that a message repeats. */
const maxQuoted = 60

function quoted(value: string): string {
  const text = value.length > maxQuoted ? `${value.slice(0, maxQuoted)}…` : value
  return JSON.stringify(text)
}

/**
 * Reads one map of a rule document strictly: each key must be known, each value have its type. Everything wrong is
 * reported with its place; reading goes on with a value that stands for "absent".
 */
export class RuleReader {
  readonly #document: RuleDocument
  readonly #path: readonly (string | number)[]
  readonly #problems: RuleProblem[]
  readonly #map: Readonly<Record<string, unknown>>
  readonly #asked = new Set<string>()

  constructor(
    document: RuleDocument,
    problems: RuleProblem[],
    path: readonly (string | number)[] = [],
    value: unknown = document.value,
  ) {
    this.#document = document
    this.#problems = problems
    this.#path = path
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
    this.#map = isMap ? (value as Readonly<Record<string, unknown>>) : {} // a YAML map: checked on the line above
    if (!isMap && value !== null && value !== undefined) this.#report([], 'a map is expected here')
  }

  /** Reports a problem at a key of this map (or, without one, at the map). */
  problem(key: string | undefined, message: string): void {
    this.#report(key === undefined ? [] : [key], message)
  }

  #report(under: readonly (string | number)[], message: string, what: 'key' | 'value' = 'value'): void {
    const { line, column } = this.#document.at([...this.#path, ...under], what)
    this.#problems.push({ file: this.#document.file, line, column, message })
  }

  /** Whether a key is there with a value. */
  has(key: string): boolean {
    return Object.hasOwn(this.#map, key) && this.#map[key] !== null
  }

  #take(key: string): unknown {
    this.#asked.add(key)
    return this.has(key) ? this.#map[key] : undefined
  }

  /** A text; numbers and booleans count as their text. Empty when absent. */
  text(key: string): string {
    const value = this.#take(key)
    if (value === undefined) return ''
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.#report([key], `${key} must be a text`)
    return ''
  }

  /** A whole number; `absent` when there is none. */
  integer(key: string, absent: number): number {
    const value = this.#take(key)
    if (value === undefined) return absent
    const number = typeof value === 'string' && /^[+-]?\d{1,15}$/u.test(value) ? Number(value) : value
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number
    this.#report([key], `${key} must be a whole number`)
    return absent
  }

  /** A number; `absent` when there is none. */
  number(key: string, absent: number): number {
    const value = this.#take(key)
    if (value === undefined) return absent
    if (typeof value === 'number' && Number.isFinite(value)) return value
    this.#report([key], `${key} must be a number`)
    return absent
  }

  /** A yes or no; false when absent. The words of YAML 1.1 count, as the hub's own reader takes them. */
  flag(key: string): boolean {
    const value = this.#take(key)
    if (value === undefined) return false
    if (typeof value === 'boolean') return value
    if (typeof value === 'string' && /^(?:yes|on|y)$/iu.test(value)) return true
    if (typeof value === 'string' && /^(?:no|off|n)$/iu.test(value)) return false
    this.#report([key], `${key} must be true or false`)
    return false
  }

  /** A list of texts; a single text counts as a list of one. */
  texts(key: string): readonly string[] {
    const value = this.#take(key)
    if (value === undefined) return []
    if (typeof value === 'string') return [value]
    if (!Array.isArray(value)) {
      this.#report([key], `${key} must be a list`)
      return []
    }
    return value.flatMap((item: unknown, index) => {
      if (typeof item === 'string') return [item]
      if (typeof item === 'number' || typeof item === 'boolean') return [String(item)]
      this.#report([key, index], `${key} must hold texts`)
      return []
    })
  }

  /** A map of texts, in the order in which they are written. */
  entries(key: string): readonly (readonly [name: string, text: string])[] {
    const value = this.#take(key)
    if (value === undefined) return []
    const reader = new RuleReader(this.#document, this.#problems, [...this.#path, key], value)
    return reader.keys().map((name) => [name, reader.text(name)])
  }

  /** A map of any values. */
  values(key: string): Readonly<Record<string, unknown>> {
    const value = this.#take(key)
    return new RuleReader(this.#document, this.#problems, [...this.#path, key], value).#map
  }

  /** A map that is read on its own; undefined when absent. The caller ends it with `end`. */
  inner(key: string): RuleReader | undefined {
    const value = this.#take(key)
    if (value === undefined) return undefined
    return new RuleReader(this.#document, this.#problems, [...this.#path, key], value)
  }

  /** A list of maps. The caller ends each with `end`. */
  list(key: string): readonly RuleReader[] {
    const value = this.#take(key)
    if (value === undefined) return []
    if (!Array.isArray(value)) {
      this.#report([key], `${key} must be a list`)
      return []
    }
    return value.map(
      (item: unknown, index) =>
        new RuleReader(this.#document, this.#problems, [...this.#path, key, index], item),
    )
  }

  /** Its keys. */
  keys(): readonly string[] {
    return Object.keys(this.#map)
  }

  /** Where this map stands. */
  get place(): RulePlace {
    const document = this.#document
    const path = this.#path
    return { file: document.file, at: (key) => document.at(key === undefined ? path : [...path, key]) }
  }

  /** Reports each key that nobody asked for. */
  end(): void {
    for (const key of this.keys()) {
      if (!this.#asked.has(key)) this.#report([key], `unknown key ${quoted(key)}`, 'key')
    }
  }
}

/** Where a rule stands, for problems that are found after reading. */
export interface RulePlace {
  readonly file: string
  at(key?: string): { readonly line: number; readonly column: number }
}
