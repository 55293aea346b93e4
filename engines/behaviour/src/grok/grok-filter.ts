import { buildPrefilter } from '@sevenfold/literals'
import type { Prefilter } from '@sevenfold/literals'
import type { Grok } from './grok.ts'

/** From this many patterns over one text on, looking for their literals first pays. */
export const fewestFiltered = 3

/** Says which of several patterns over one text can match at all, in one pass over the text. */
export class GrokFilter {
  readonly #prefilter: Prefilter
  readonly #sink: Uint32Array
  #text: string | undefined

  constructor(groks: readonly Grok[]) {
    this.#prefilter = buildPrefilter(groks.map(({ needs }) => needs))
    this.#sink = new Uint32Array(this.#prefilter.words)
  }

  /** False when pattern `number` cannot match the text. */
  canMatch(number: number, text: string): boolean {
    if (this.#text !== text) {
      this.#prefilter.candidates(text, this.#sink)
      this.#text = text
    }
    return (((this.#sink[number >> 5] ?? 0) >>> (number & 31)) & 1) === 1
  }
}
