/** Names of elements and attributes of one document, each once: nodes hold their numbers. */
export class XmlNames {
  readonly #numbers = new Map<string, number>()
  readonly #written: string[] = []

  /** Number of a name as it is written; a new one for a new name. */
  numberOf(written: string): number {
    const known = this.#numbers.get(written)
    if (known !== undefined) return known
    const number = this.#written.length
    this.#numbers.set(written, number)
    this.#written.push(written)
    return number
  }

  /** The name as it is written, with its prefix. */
  written(number: number): string {
    return this.#written[number] ?? ''
  }

  /** What stands before the first colon; empty without one. */
  prefix(number: number): string {
    const written = this.written(number)
    return written.slice(0, Math.max(0, written.indexOf(':')))
  }

  /** What stands behind the first colon; the whole name without one. */
  local(number: number): string {
    const written = this.written(number)
    return written.slice(written.indexOf(':') + 1)
  }
}
