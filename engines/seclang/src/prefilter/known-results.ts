import type { Transformation } from '../transformations/transformation.ts'

/**
 * Results of transformations of one value: chains of different rules come to the same step on the same text. Few at a
 * time, so that they are found by looking at each.
 */
export class KnownResults {
  readonly #from: string[] = []
  readonly #steps: Transformation[] = []
  readonly #results: string[] = []
  #count = 0

  /** Forgets all, for the next value. */
  clear(): void {
    this.#count = 0
  }

  /** The result of a step, from memory when it was made before. */
  apply(step: Transformation, text: string): string {
    for (let known = 0; known < this.#count; known++)
      if (this.#steps[known] === step && this.#from[known] === text) return this.#results[known] ?? text
    const result = step.apply(text)
    const place = this.#count < maxKnown ? this.#count++ : this.#count - 1
    this.#from[place] = text
    this.#steps[place] = step
    this.#results[place] = result
    return result
  }
}

/** Beyond so many the last place is used again. */
const maxKnown = 24
