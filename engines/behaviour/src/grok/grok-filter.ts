import { buildPrefilter } from '@sevenfold/literals'
import type { Prefilter } from '@sevenfold/literals'
import type { Grok } from './grok.ts'

/** From this many patterns over one text on, looking for their literals first pays. */
export const fewestFiltered = 3

/** Says which of several patterns over one text can match at all, in one pass over the text. */
export class GrokFilter {
  readonly #prefilter: Prefilter
  readonly #sink: Uint32Array

  constructor(groks: readonly Grok[]) {
    this.#prefilter = buildPrefilter(groks.map(({ needs }) => needs))
    this.#sink = new Uint32Array(this.#prefilter.words)
  }

  /** Looks at a text; `canMatch` answers for it until the next one. */
  look(text: string): void {
    this.#prefilter.candidates(text, this.#sink)
  }

  /** False when pattern `number` cannot match the text that was looked at. */
  canMatch(number: number): boolean {
    return (((this.#sink[number >> 5] ?? 0) >>> (number & 31)) & 1) === 1
  }
}
