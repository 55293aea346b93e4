import { buildPrefilter } from '@sevenfold/literals'
import type { Prefilter } from '@sevenfold/literals'
import type { Grok } from './grok.ts'
import { LiteralSkip } from './literal-skip.ts'

/** From this many patterns over one text on, looking for their literals first pays. */
export const fewestFiltered = 3

/** Says which of several patterns over one text can match at all, in one pass over the text. */
export class GrokFilter {
  readonly #prefilter: Prefilter
  readonly #sink: Uint32Array
  /** Undefined where some pattern may match texts without any literal. */
  readonly #skip: LiteralSkip | undefined

  constructor(groks: readonly Grok[]) {
    const needs = groks.map((grok) => grok.needs)
    this.#prefilter = buildPrefilter(needs)
    this.#skip = LiteralSkip.of(needs)
    this.#sink = new Uint32Array(this.#prefilter.words)
  }

  /** Looks at a text, for `canMatch`, which answers for it until the next one; false when no pattern can match. */
  look(text: string): boolean {
    if (this.#skip?.canContain(text) === false) {
      this.#sink.fill(0)
      return false
    }
    this.#prefilter.candidates(text, this.#sink)
    return true
  }

  /** False when pattern `number` cannot match the text that was looked at. */
  canMatch(number: number): boolean {
    return (((this.#sink[number >> 5] ?? 0) >>> (number & 31)) & 1) === 1
  }
}
