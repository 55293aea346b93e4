import { contextEdge, contextOther, type Alphabet } from '../program/alphabet.ts'
import { assertionHolds } from '../program/assertion-holds.ts'
import { opAssert, type Program } from '../program/program.ts'
import { contextBefore, readClass, widthBefore } from '../program/read-class.ts'
import { consumingEdges, emptyEdges, type Edges } from '../program/reverse-edges.ts'
import { InstructionSet } from './instruction-set.ts'
import { rowUnknown, StateTable } from './state-table.ts'

import type { LinearOptions } from './linear-options.ts'

/** A scan met more states than the cache holds. */
export const scanOverflow = -2
/** A scan found no match. */
export const scanNothing = -1

/** Recordings longer than this are given back after use (entries; 4 bytes each). */
const keptRecording = 16_384

/**
 * Reads the input from its end to its start and notes for each position from which instructions a match can still be
 * reached ("alive"). That gives the leftmost start, and lets {@link SpanWalk} take each choice without ever going back
 * (Frisch, Cardelli, "Greedy regular expression matching", 2004).
 *
 * A state is the sorted list of consuming instructions alive at a position; its tag holds the context of the next
 * character (for conditions) and, in bit 0, whether a match can start at the position after it.
 */
export class BackwardDfa {
  /** Characters read and instructions visited by the last scan. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #wide: boolean
  readonly #asserting: boolean
  readonly #table: StateTable
  readonly #consuming: Edges
  readonly #empty: Edges
  readonly #alive: InstructionSet
  readonly #next: InstructionSet
  #states: Int32Array = new Int32Array(0)

  constructor(program: Program, alphabet: Alphabet, options: LinearOptions) {
    this.#program = program
    this.#alphabet = alphabet
    this.#wide = options.wide
    this.#asserting = program.assertions !== 0
    this.#table = new StateTable(alphabet.size, options.maxCacheBytes, options.budget)
    this.#consuming = consumingEdges(program)
    this.#empty = emptyEdges(program)
    this.#alive = new InstructionSet(program.length)
    this.#next = new InstructionSet(program.length)
  }

  /** Bytes held by the automaton. */
  get bytes(): number {
    return this.#table.bytes
  }

  /** The leftmost position from `from` on where a match starts; or {@link scanNothing}, {@link scanOverflow}. */
  scan(input: string, from: number): number {
    this.#table.refresh()
    this.steps = 1
    if (this.#states.length <= input.length) this.#states = new Int32Array(input.length + 64)
    this.#next.clear()
    let state = this.#table.intern(this.#next.list, 0, contextEdge << 1)
    const stride = this.#table.stride
    const states = this.#states
    let best = scanNothing
    for (let at = input.length; at > from;) {
      states[at] = state
      const width = widthBefore(this.#wide, input, at)
      const symbol = readClass(this.#alphabet, this.#wide, input, at - width)
      let next = this.#table.rows[state + symbol] ?? 0
      if (next === rowUnknown) {
        next = this.#build(state, symbol)
        if (next < 0) return this.#overflow(input.length - at)
      }
      if (((this.#table.tags[next / stride] ?? 0) & 1) === 1) best = at
      state = next
      at -= width
    }
    states[from] = state
    this.steps += input.length - from
    return this.#startsAt(state, contextBefore(this.#alphabet, this.#wide, input, from)) ? from : best
  }

  /** Whether a consuming instruction was alive at a position of the last scan (that it takes the character included). */
  isAlive(pc: number, at: number): boolean {
    return this.#table.has(this.#states[at] ?? 0, pc)
  }

  /** Ends the use of the last scan. */
  release(): void {
    if (this.#states.length > keptRecording) this.#states = new Int32Array(0)
  }

  #overflow(read: number): number {
    this.steps += read
    this.#table.reset()
    return scanOverflow
  }

  #build(state: number, symbol: number): number {
    const before = this.#asserting ? (this.#alphabet.context[symbol] ?? 0) : contextOther
    this.#close(state, before)
    const startAlive = this.#alive.marked(this.#program.start) ? 1 : 0
    const { arg } = this.#program
    const { starts, from } = this.#consuming
    const next = this.#next
    next.clear()
    for (let i = 0; i < this.#alive.size; i++) {
      const pc = this.#alive.list[i] ?? 0
      for (let edge = starts[pc] ?? 0; edge < (starts[pc + 1] ?? 0); edge++) {
        const taker = from[edge] ?? 0
        this.steps += 1
        if (
          this.#alphabet.members[(arg[taker] ?? 0) * this.#alphabet.size + symbol] === 1 &&
          next.mark(taker)
        )
          next.push(taker)
      }
    }
    next.sort()
    const target = this.#table.intern(next.list, next.size, (before << 1) | startAlive)
    if (target >= 0) this.#table.rows[state + symbol] = target
    return target
  }

  #startsAt(state: number, before: number): boolean {
    this.#close(state, before)
    return this.#alive.marked(this.#program.start)
  }

  /** All instructions alive at a position: those of the state, a match here, and all that lead there without consuming. */
  #close(state: number, before: number): void {
    const { op, arg } = this.#program
    const alive = this.#alive
    const after = this.#asserting ? (this.#table.tags[state / this.#table.stride] ?? 0) >> 1 : contextOther
    alive.clear()
    // Instruction 0 is the match: it is alive at every position.
    alive.mark(0)
    alive.push(0)
    for (const pc of this.#table.listOf(state)) if (alive.mark(pc)) alive.push(pc)
    for (let i = 0; i < alive.size; i++) {
      const pc = alive.list[i] ?? 0
      for (let edge = this.#empty.starts[pc] ?? 0; edge < (this.#empty.starts[pc + 1] ?? 0); edge++) {
        const source = this.#empty.from[edge] ?? 0
        this.steps += 1
        if (op[source] === opAssert && !assertionHolds(arg[source] ?? 0, before, after)) continue
        if (alive.mark(source)) alive.push(source)
      }
    }
  }
}
