import type { V8Source } from './v8-source.ts'

/** Runs a pattern that was proven safe on V8. Its work is counted by the proof: characters times the bound on paths. */
export class V8Matcher {
  /** Upper bound of the work of the last call, in characters read. */
  steps = 0
  readonly #bound: number
  readonly #plain: RegExp
  readonly #source: V8Source
  #indexed: RegExp | undefined

  private constructor(source: V8Source, plain: RegExp, bound: number) {
    this.#source = source
    this.#plain = plain
    this.#bound = bound
  }

  /** Undefined when V8 refuses the pattern, for instance as too large. */
  static create(source: V8Source, bound: number): V8Matcher | undefined {
    try {
      return new V8Matcher(source, new RegExp(source.source, source.flags), bound)
    } catch {
      return undefined // the linear matcher takes it
    }
  }

  /** Whether the pattern matches anywhere. */
  test(input: string): boolean {
    this.steps = (input.length + 1) * this.#bound
    return this.#plain.test(input)
  }

  /** Texts of all groups of the leftmost-first match, or null. */
  match(input: string): (string | undefined)[] | null {
    this.steps = (input.length + 1) * this.#bound
    const found = this.#plain.exec(input)
    return found === null ? null : found.slice()
  }

  /** Capture slots of the leftmost-first match from `from` on. */
  exec(input: string, from: number): Int32Array | undefined {
    this.steps = (input.length + 1 - from) * this.#bound
    const indexed = (this.#indexed ??= new RegExp(this.#source.source, `${this.#source.flags}dg`))
    indexed.lastIndex = from
    const indices = indexed.exec(input)?.indices
    if (indices === undefined) return undefined
    const slots = new Int32Array(indices.length * 2)
    for (let group = 0; group < indices.length; group++) {
      // A group that took no part has no entry, whatever the declared type says.
      const span: readonly number[] | undefined = indices[group]
      slots[group * 2] = span?.[0] ?? -1
      slots[group * 2 + 1] = span?.[1] ?? -1
    }
    return slots
  }
}
