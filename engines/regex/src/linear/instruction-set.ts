/** A set of instructions that is emptied in constant time (Briggs, Torczon 1993, with stamps instead of a second index). */
export class InstructionSet {
  readonly list: Int32Array
  size = 0
  readonly #stamps: Uint32Array
  #stamp = 0

  constructor(capacity: number) {
    this.list = new Int32Array(capacity)
    this.#stamps = new Uint32Array(capacity)
  }

  /** Empties the set and forgets all marks. */
  clear(): void {
    this.size = 0
    this.#stamp += 1
    if (this.#stamp === 0x1_0000_0000) {
      this.#stamps.fill(0)
      this.#stamp = 1
    }
  }

  /** Notes an instruction as visited; false when it was already. */
  mark(pc: number): boolean {
    if (this.#stamps[pc] === this.#stamp) return false
    this.#stamps[pc] = this.#stamp
    return true
  }

  /** Whether an instruction was visited. */
  marked(pc: number): boolean {
    return this.#stamps[pc] === this.#stamp
  }

  /** Appends an instruction, once marked. */
  push(pc: number): void {
    this.list[this.size++] = pc
  }

  /** Puts the list in ascending order, so that equal sets are equal lists. */
  sort(): void {
    if (this.size > 1) this.list.subarray(0, this.size).sort()
  }
}
