import type { CacheBudget } from './cache-budget.ts'

/** Transition not built yet. */
export const rowUnknown = 0
/** The input matches, whatever follows. */
export const rowMatch = 1
/** The input cannot match, whatever follows. */
export const rowDead = 2

const firstCapacity = 8

/**
 * The states of one lazy automaton: each is a sorted list of instructions plus a small tag, stored once, with a row of
 * transitions. A state is named by the offset of its row; the three numbers above are smaller than any offset.
 */
export class StateTable {
  /** Transitions: `rows[state + class]`. Replaced when it grows, so loops read it anew after each new state. */
  rows: Int32Array
  /** Tag by state number (`state / stride`). */
  tags: Uint8Array
  readonly stride: number
  /** Counts how often everything was forgotten. */
  generation = 0
  readonly #maxBytes: number
  readonly #budget: CacheBudget | undefined
  #epoch: number
  #count = 1
  #starts: Int32Array
  #pool: Int32Array
  #poolSize = 0
  #slots: Int32Array
  #reserved = 0

  constructor(stride: number, maxBytes: number, budget: CacheBudget | undefined) {
    this.stride = Math.max(stride, rowDead + 1)
    this.#maxBytes = maxBytes
    this.#budget = budget
    this.#epoch = budget?.epoch ?? 0
    this.rows = new Int32Array(0)
    this.tags = new Uint8Array(0)
    this.#starts = new Int32Array(0)
    this.#pool = new Int32Array(0)
    this.#slots = new Int32Array(0)
  }

  /** Number of states held. */
  get count(): number {
    return this.#count - 1
  }

  /** Bytes held by all arrays. */
  get bytes(): number {
    return (
      this.rows.byteLength +
      this.tags.byteLength +
      this.#starts.byteLength +
      this.#pool.byteLength +
      this.#slots.byteLength
    )
  }

  /** Empties the table when the shared budget has begun a new epoch; true when it did. */
  refresh(): boolean {
    if (this.#budget === undefined || this.#budget.epoch === this.#epoch) return false
    this.reset()
    return true
  }

  /** Forgets all states and gives their memory back. */
  reset(): void {
    this.#epoch = this.#budget?.epoch ?? 0
    this.generation += 1
    this.#count = 1
    this.#poolSize = 0
    this.#reserved = 0
    this.rows = new Int32Array(0)
    this.tags = new Uint8Array(0)
    this.#starts = new Int32Array(0)
    this.#pool = new Int32Array(0)
    this.#slots = new Int32Array(0)
  }

  /** The state with this tag and the first `size` entries of `list` (sorted); -1 when there is no room for it. */
  intern(list: Int32Array, size: number, tag: number): number {
    const hash = hashOf(list, size, tag)
    const known = this.#find(list, size, tag, hash)
    if (known > 0) return known * this.stride
    if (!this.#makeRoom(size)) return -1
    const number = this.#count++
    this.tags[number] = tag
    this.#starts[number] = this.#poolSize
    this.#pool.set(list.subarray(0, size), this.#poolSize)
    this.#poolSize += size
    this.#starts[number + 1] = this.#poolSize
    this.#insert(number, hash)
    return number * this.stride
  }

  /** The instructions of a state, as a view that is valid until the next new state. */
  listOf(state: number): Int32Array {
    const number = state / this.stride
    return this.#pool.subarray(this.#starts[number] ?? 0, this.#starts[number + 1] ?? 0)
  }

  /** Whether a state holds an instruction. */
  has(state: number, pc: number): boolean {
    const number = state / this.stride
    let low = this.#starts[number] ?? 0
    let high = (this.#starts[number + 1] ?? 0) - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const value = this.#pool[middle] ?? 0
      if (value === pc) return true
      if (value < pc) low = middle + 1
      else high = middle - 1
    }
    return false
  }

  #find(list: Int32Array, size: number, tag: number, hash: number): number {
    const mask = this.#slots.length - 1
    if (mask < 0) return 0
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] ?? 0
      if (number === 0) return 0
      if (this.tags[number] === tag && this.#sameList(number, list, size)) return number
    }
  }

  #sameList(number: number, list: Int32Array, size: number): boolean {
    const start = this.#starts[number] ?? 0
    if ((this.#starts[number + 1] ?? 0) - start !== size) return false
    for (let i = 0; i < size; i++) if (this.#pool[start + i] !== list[i]) return false
    return true
  }

  #insert(number: number, hash: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = number
  }

  /** Grows the arrays for one more state of `size` instructions, within the limit. */
  #makeRoom(size: number): boolean {
    const capacity = this.rows.length / this.stride
    const needRows = this.#count + 1 > capacity
    const needPool = this.#poolSize + size > this.#pool.length
    if (!needRows && !needPool) return true
    const states = needRows ? Math.max(firstCapacity, capacity * 2) : capacity
    const pool = needPool ? Math.max(64, this.#pool.length * 2, this.#poolSize + size) : this.#pool.length
    const bytes = states * (this.stride * 4 + 4 + 1 + 16) + pool * 4
    // One state always fits, however large: otherwise nothing could run.
    if (bytes > this.#maxBytes && this.#count > 1) return false
    this.#budget?.reserve(bytes - this.#reserved)
    this.#reserved = bytes
    if (this.#budget !== undefined && this.#budget.epoch !== this.#epoch && this.#count > 1) return false
    this.#epoch = this.#budget?.epoch ?? 0
    if (needPool) this.#pool = copyOf(this.#pool, pool)
    if (needRows) this.#growRows(states)
    return true
  }

  #growRows(states: number): void {
    this.rows = copyOf(this.rows, states * this.stride)
    this.#starts = copyOf(this.#starts, states + 1)
    const tags = new Uint8Array(states)
    tags.set(this.tags)
    this.tags = tags
    this.#slots = new Int32Array(states * 4)
    for (let number = 1; number < this.#count; number++) {
      const list = this.listOf(number * this.stride)
      this.#insert(number, hashOf(list, list.length, this.tags[number] ?? 0))
    }
  }
}

function copyOf(array: Int32Array, length: number): Int32Array {
  const copy = new Int32Array(length)
  copy.set(array)
  return copy
}

/** FNV-1a over the entries. */
function hashOf(list: Int32Array, size: number, tag: number): number {
  let hash = Math.imul(0x811c9dc5 ^ tag, 0x01000193)
  for (let i = 0; i < size; i++) hash = Math.imul(hash ^ (list[i] ?? 0), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
