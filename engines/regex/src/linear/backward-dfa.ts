import { contextOther, type Alphabet } from '../program/alphabet.ts'
import { assertionHolds } from '../program/assertion-holds.ts'
import { opAssert, type Program } from '../program/program.ts'
import { contextBefore, readClass, widthBefore } from '../program/read-class.ts'
import { consumingEdges, emptyEdges, type Edges } from '../program/reverse-edges.ts'
import { InstructionSet } from './instruction-set.ts'
import { rowUnknown, StateTable } from './state-table.ts'

import type { LinearOptions } from './linear-options.ts'

/** A scan met more states than the cache holds. */
export const scanOverflow = -2

/** Recordings longer than this are given back after use (entries; 4 bytes each). */
const keptRecording = 16_384

/** During a scan states cannot be forgotten; more than the cache may hold is given back after it. */
const overdraft = 8

/** Tag of a state: these bits, and the context of the next character from `contextShift` on. */
const startAliveBit = 1
/** The match ends at the position of the state. */
const matchBit = 2
const deadBit = 4
const contextShift = 3
/** More than there are contexts of a character. */
const contextSlots = 64
/** States of which it is remembered whether the match can start there. */
const maxKnownStarts = 4_096

/**
 * Reads the input backwards from the end of a match and notes for each position from which instructions that end can
 * still be reached ("alive"). That gives the leftmost start, and lets {@link SpanWalk} take each choice without ever
 * going back (Frisch, Cardelli, "Greedy regular expression matching", 2004).
 *
 * A state is the sorted list of consuming instructions alive at a position.
 */
export class BackwardDfa {
  /** Characters read and instructions visited by the last scan. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #wide: boolean
  readonly #asserting: boolean
  readonly #table: StateTable
  readonly #maxBytes: number
  readonly #consuming: Edges
  readonly #empty: Edges
  readonly #alive: InstructionSet
  readonly #next: InstructionSet
  #states: Int32Array = new Int32Array(0)
  readonly #starts = new Map<number, boolean>()
  #startsGeneration = 0

  constructor(program: Program, alphabet: Alphabet, options: LinearOptions) {
    this.#program = program
    this.#alphabet = alphabet
    this.#wide = options.wide
    this.#asserting = program.assertions !== 0
    this.#table = new StateTable(alphabet.size + 1, options.maxCacheBytes * overdraft, options.budget)
    this.#maxBytes = options.maxCacheBytes
    this.#consuming = consumingEdges(program)
    this.#empty = emptyEdges(program)
    this.#alive = new InstructionSet(program.length)
    this.#next = new InstructionSet(program.length)
  }

  /** Bytes held by the automaton. */
  get bytes(): number {
    return this.#table.bytes
  }

  /** The leftmost position from `from` on where a match that ends at `end` starts; or {@link scanOverflow}. */
  scan(input: string, from: number, end: number): number {
    this.#table.refresh()
    this.steps = 1
    if (this.#states.length <= end) this.#states = new Int32Array(end + 64)
    const after = this.#asserting
      ? (this.#alphabet.context[readClass(this.#alphabet, this.#wide, input, end)] ?? 0)
      : contextOther
    this.#next.clear()
    let state = this.#enter(matchBit | (after << contextShift))
    const tagColumn = this.#table.stride - 1
    const classes = this.#alphabet.direct
    const plainCodes = this.#wide ? 128 : 256
    // The last character may be a final newline: it is left to readClass.
    const plainEnd = input.length
    let best = end
    for (let at = end; at > from && state >= 0;) {
      this.#states[at] = state
      const unit = at < plainEnd ? input.charCodeAt(at - 1) : plainCodes
      const plain = unit < plainCodes
      const width = plain ? 1 : widthBefore(this.#wide, input, at)
      const symbol = plain ? (classes[unit] ?? 0) : readClass(this.#alphabet, this.#wide, input, at - width)
      const known = this.#table.rows[state + symbol] ?? 0
      state = known === rowUnknown ? this.#build(state, symbol) : known
      if (state < 0) break
      const tag = this.#table.rows[state + tagColumn] ?? 0
      if ((tag & startAliveBit) !== 0) best = at
      if ((tag & deadBit) !== 0) {
        this.steps += end - at
        return best
      }
      at -= width
    }
    if (state < 0) return this.#overflow(end - from)
    this.#states[from] = state
    this.steps += end - from
    return this.#startsAt(state, contextBefore(this.#alphabet, this.#wide, input, from)) ? from : best
  }

  /** Whether a consuming instruction was alive at a position of the last scan (that it takes the character included). */
  isAlive(pc: number, at: number): boolean {
    return this.#table.has(this.#states[at] ?? 0, pc)
  }

  /** The states by position of the last scan: equal states have equal instructions alive. */
  get states(): Int32Array {
    return this.#states
  }

  /** Changes whenever states are forgotten, and their numbers with them. */
  get generation(): number {
    return this.#table.generation
  }

  /** Ends the use of the last scan. */
  release(): void {
    if (this.#table.bytes > this.#maxBytes) this.#table.reset()
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
    const startAlive = this.#alive.marked(this.#program.start) ? startAliveBit : 0
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
    const target = this.#enter((before << contextShift) | startAlive | (next.size === 0 ? deadBit : 0))
    if (target >= 0) this.#table.rows[state + symbol] = target
    return target
  }

  #enter(tag: number): number {
    const state = this.#table.intern(this.#next.list, this.#next.size, tag)
    if (state >= 0) this.#table.rows[state + this.#table.stride - 1] = tag
    return state
  }

  #startsAt(state: number, before: number): boolean {
    if (this.#startsGeneration !== this.#table.generation) {
      this.#starts.clear()
      this.#startsGeneration = this.#table.generation
    }
    // Anchored patterns end every scan here, mostly in one of a few states.
    const key = state * contextSlots + before
    const known = this.#starts.get(key)
    if (known !== undefined) return known
    this.#close(state, before)
    const starts = this.#alive.marked(this.#program.start)
    if (this.#starts.size < maxKnownStarts) this.#starts.set(key, starts)
    return starts
  }

  /** All instructions alive at a position: those of the state, the match if it ends here, and all that lead there without consuming. */
  #close(state: number, before: number): void {
    const { op, arg } = this.#program
    const alive = this.#alive
    const tag = this.#table.rows[state + this.#table.stride - 1] ?? 0
    alive.clear()
    if ((tag & matchBit) !== 0) {
      // Instruction 0 is the match.
      alive.mark(0)
      alive.push(0)
    }
    for (const pc of this.#table.listOf(state)) if (alive.mark(pc)) alive.push(pc)
    for (let i = 0; i < alive.size; i++) {
      const pc = alive.list[i] ?? 0
      for (let edge = this.#empty.starts[pc] ?? 0; edge < (this.#empty.starts[pc + 1] ?? 0); edge++) {
        const source = this.#empty.from[edge] ?? 0
        this.steps += 1
        if (op[source] === opAssert && !assertionHolds(arg[source] ?? 0, before, tag >> contextShift))
          continue
        if (alive.mark(source)) alive.push(source)
      }
    }
  }
}
