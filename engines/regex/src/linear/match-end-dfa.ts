import { contextEdge, contextOther, type Alphabet } from '../program/alphabet.ts'
import { assertionHolds } from '../program/assertion-holds.ts'
import { assertLineStart, opAssert, opMatch, opSet, opSplit, type Program } from '../program/program.ts'
import { contextBefore, readClass, widthAt } from '../program/read-class.ts'
import { InstructionSet } from './instruction-set.ts'
import { rowUnknown, StateTable } from './state-table.ts'

import type { LinearOptions } from './linear-options.ts'

/** There is no match. */
export const endNothing = -1
/** Tag of a state: context of the previous character, and these bits. */
const contextBits = 7
/** A match may still start here: nothing was found so far. */
const seededBit = 8
/** The preferred match so far ends before the character that led here. */
const matchBeforeBit = 16
/** The preferred match so far ends here. */
const matchHereBit = 32
/** Nothing better can come. */
const deadBit = 64

/** What the start adds at a position: instructions that take the next character, by preference, up to a match. */
interface StartStep {
  readonly pcs: readonly number[]
  readonly match: boolean
}

/**
 * Finds where the leftmost-first match ends: a lazily built automaton whose states are lists of instructions in order of
 * preference. A match cuts off all that is less preferred, so the scan stops as soon as nothing can change the end.
 */
export class MatchEndDfa {
  /** Characters read and instructions visited by the last call. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #wide: boolean
  readonly #asserting: boolean
  /**
   * Some condition looks ahead. Then lists hold instructions as they were reached, and what they lead to without
   * consuming is followed when the next character is known: only so is the order of preference exact.
   */
  readonly #lookingAhead: boolean
  readonly #table: StateTable
  readonly #startSteps: (StartStep | undefined)[] = []
  readonly #next: InstructionSet
  readonly #seen: InstructionSet
  /** Each visited instruction adds at most two. */
  readonly #stack: Int32Array
  #held: Int32Array = new Int32Array(0)
  #resets = 0

  constructor(program: Program, alphabet: Alphabet, options: LinearOptions) {
    this.#program = program
    this.#alphabet = alphabet
    this.#wide = options.wide
    this.#asserting = program.assertions !== 0
    this.#lookingAhead = program.assertions >> (assertLineStart + 1) !== 0
    // One more column holds the tag, next to the transitions that are read with it.
    this.#table = new StateTable(alphabet.size + 1, options.maxCacheBytes, options.budget)
    this.#stack = new Int32Array(program.length * 2 + 2)
    this.#next = new InstructionSet(program.length)
    this.#seen = new InstructionSet(program.length)
  }

  /** Bytes held by the automaton. */
  get bytes(): number {
    return this.#table.bytes
  }

  /** The end of the leftmost-first match that starts at or after `from`, or {@link endNothing}. */
  find(input: string, from: number): number {
    this.#table.refresh()
    this.steps = 1
    const context = this.#asserting ? contextBefore(this.#alphabet, this.#wide, input, from) : contextOther
    this.#next.clear()
    let state = this.#enter(context | seededBit)
    let end = endNothing
    const tagColumn = this.#table.stride - 1
    const alphabet = this.#alphabet
    const classes = alphabet.direct
    const plainCodes = this.#wide ? 128 : 256
    const plainEnd = alphabet.usesFinalNewline ? input.length - 1 : input.length
    for (let at = from; ;) {
      const unit = at < plainEnd ? input.charCodeAt(at) : plainCodes
      const plain = unit < plainCodes
      const symbol = plain ? (classes[unit] ?? 0) : readClass(alphabet, this.#wide, input, at)
      const known = this.#table.rows[state + symbol] ?? 0
      state = known === rowUnknown ? this.#build(state, symbol) : known
      const tag = this.#table.rows[state + tagColumn] ?? 0
      const after = plain ? at + 1 : at + widthAt(this.#wide, input, at)
      if ((tag & matchHereBit) !== 0) end = after
      else if ((tag & matchBeforeBit) !== 0) end = at
      if ((tag & deadBit) !== 0 || at >= input.length) {
        this.steps += at - from
        return end
      }
      at = after
    }
  }

  #build(state: number, symbol: number): number {
    const list = this.#table.listOf(state)
    if (this.#held.length < list.length) this.#held = new Int32Array(list.length * 2)
    this.#held.set(list)
    const tag = this.#advance(list.length, this.#table.rows[state + this.#table.stride - 1] ?? 0, symbol)
    const resets = this.#resets
    const target = this.#enter(tag)
    if (resets === this.#resets) this.#table.rows[state + symbol] = target
    return target
  }

  /** The state of `#next` and a tag. A full table is emptied first: what was built since then paid for that. */
  #enter(tag: number): number {
    let state = this.#table.intern(this.#next.list, this.#next.size, tag)
    if (state < 0) {
      this.#resets += 1
      this.#table.reset()
      state = this.#table.intern(this.#next.list, this.#next.size, tag)
    }
    this.#table.rows[state + this.#table.stride - 1] = tag
    return state
  }

  /** Moves the held list, then the start, over a symbol into `#next`; gives the tag of the result. */
  #advance(size: number, tag: number, symbol: number): number {
    const context = tag & contextBits
    const target = this.#asserting ? (this.#alphabet.context[symbol] ?? 0) : contextOther
    const nextContext = target === contextEdge ? contextOther : target
    this.#next.clear()
    this.#seen.clear()
    let found = 0
    for (let i = 0; i < size && found === 0; i++)
      found = this.#take(this.#held[i] ?? 0, { context, nextContext, symbol })
    const seeded = (tag & seededBit) !== 0
    if (found === 0 && seeded) {
      const start = this.#startStep(context, symbol)
      for (const pc of start.pcs) {
        if (this.#follow(this.#program.out[pc] ?? 0, nextContext)) {
          found = matchHereBit
          break
        }
      }
      if (found === 0 && start.match) found = matchBeforeBit
    }
    const stillSeeded = seeded && found === 0 ? seededBit : 0
    const dead = this.#next.size === 0 && stillSeeded === 0 ? deadBit : 0
    return nextContext | found | stillSeeded | dead
  }

  /** Follows one entry of a list, now that the next character is known; gives the match bit it leads to. */
  #take(pc: number, place: Place): number {
    const { op, out, arg } = this.#program
    const after = this.#alphabet.context[place.symbol] ?? 0
    const stack: number[] = [pc]
    while (stack.length > 0) {
      const at = stack.pop() ?? 0
      if (!this.#seen.mark(at)) continue
      this.steps += 1
      const code = op[at]
      if (code === opMatch) return matchBeforeBit
      if (code === opSet) {
        if (this.#takes(at, place.symbol) && this.#follow(out[at] ?? 0, place.nextContext))
          return matchHereBit
      } else if (code !== opAssert || assertionHolds(arg[at] ?? 0, place.context, after)) {
        if (code === opSplit) stack.push(arg[at] ?? 0)
        stack.push(out[at] ?? 0)
      }
    }
    return 0
  }

  #takes(pc: number, symbol: number): boolean {
    return this.#alphabet.members[(this.#program.arg[pc] ?? 0) * this.#alphabet.size + symbol] === 1
  }

  /** Adds what is reachable without consuming, by preference; true when that includes a match, which ends the list. */
  #follow(pc: number, context: number): boolean {
    if (this.#lookingAhead) {
      if (this.#next.mark(pc)) this.#next.push(pc)
      return false
    }
    const { op, out, arg } = this.#program
    const stack = this.#stack
    let top = 1
    stack[0] = pc
    while (top > 0) {
      const at = stack[--top] ?? 0
      if (!this.#next.mark(at)) continue
      this.steps += 1
      const code = op[at]
      if (code === opMatch) return true
      if (code === opSet) {
        this.#next.push(at)
      } else if (code !== opAssert || assertionHolds(arg[at] ?? 0, context, contextOther)) {
        if (code === opSplit) stack[top++] = arg[at] ?? 0
        stack[top++] = out[at] ?? 0
      }
    }
    return false
  }

  #startStep(context: number, symbol: number): StartStep {
    const key = context * this.#alphabet.size + symbol
    const known = this.#startSteps[key]
    if (known !== undefined) return known
    const step = this.#buildStartStep(context, symbol)
    this.#startSteps[key] = step
    return step
  }

  #buildStartStep(context: number, symbol: number): StartStep {
    const { op, out, arg } = this.#program
    const after = this.#alphabet.context[symbol] ?? 0
    const seen = new Set<number>()
    const pcs: number[] = []
    const stack = [this.#program.start]
    while (stack.length > 0) {
      const at = stack.pop() ?? 0
      if (seen.has(at)) continue
      seen.add(at)
      const code = op[at]
      if (code === opMatch) return { pcs, match: true }
      if (code === opSet) {
        if (this.#takes(at, symbol)) pcs.push(at)
      } else if (code !== opAssert || assertionHolds(arg[at] ?? 0, context, after)) {
        if (code === opSplit) stack.push(arg[at] ?? 0)
        stack.push(out[at] ?? 0)
      }
    }
    this.steps += seen.size
    return { pcs, match: false }
  }
}

interface Place {
  readonly context: number
  readonly nextContext: number
  readonly symbol: number
}
