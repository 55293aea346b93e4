/** A counter that starts from zero again with every boot of its writer, as a number that only grows. */
export class GrowingCounter {
  #boot = -1
  #last = 0
  #total = 0

  /** The total after this reading. */
  read(boot: number, value: number): number {
    if (boot !== this.#boot) {
      // Before the first reading nothing is known: it is where counting starts.
      this.#total += this.#boot < 0 ? 0 : value
      this.#boot = boot
    } else if (value > this.#last) this.#total += value - this.#last
    this.#last = value
    return this.#total
  }
}
