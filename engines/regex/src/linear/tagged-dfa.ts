import { contextOther, type Alphabet } from '../program/alphabet.ts'
import { contextBefore, readClass, widthAt } from '../program/read-class.ts'
import { movesOf, renumber } from './register-moves.ts'
import { isRestLoop } from './rest-loop.ts'
import { looksBack, startsLater } from './start-conditions.ts'
import { rowUnknown, StateTable } from './state-table.ts'
import { contextAfter, slotHere, TaggedStepper } from './tagged-step.ts'

import type { Program } from '../program/program.ts'
import type { LinearOptions } from './linear-options.ts'

/** What a run of a {@link TaggedDfa} found; `overflow`: more states than the cache holds, the answer is not known. */
export type TaggedResult = 'match' | 'nothing' | 'overflow'

/** Tag of a state: context of the character before, and whether a match may still start. */
const contextBits = 7
const seededBit = 8
/** A transition is the offset of the state it leads to, shifted, and these bits; `plainBit`: it only leads on. */
const plainBit = 1
const skipBit = 2
const deadBit = 4
const offsetShift = 3

/** Most different actions of transitions. */
const maxActions = 4_096
/** Most registers of a state; one more is spare. */
const maxRegisters = 256
/** Larger products of instructions and slots are left to others: building one transition may visit all of it. */
const maxCells = 400_000
/** Runs that are left to others after the states outgrew the cache: what was built has to pay. */
const restingRuns = 10_000

/** What a transition does besides leading on. */
interface Action {
  /** Pairs of target and source. */
  readonly moves: Int32Array
  /** What the slots of a match that ends before the character hold; undefined when none does. */
  readonly match: Int32Array | undefined
  /** Registers that the moves write, and that the match needs, as bits (see {@link bitOf}). */
  readonly written: number
  readonly needed: number
}

/** The action that does nothing. */
const noAction: Action = actionOf(new Int32Array(0), undefined)

/**
 * Finds the leftmost-first match and its captures in one pass: a lazily built automaton whose states are lists of
 * threads in order of preference, each with the registers that hold its captures; transitions say which registers
 * take the position, or each other's value (Laurikari, "NFAs with tagged transitions", 2000). Captures are noted one
 * character late, when it is known which thread takes it, which leaves most transitions without any such work
 * (Trofimovich, "Tagged deterministic finite automata with lookahead", 2017).
 */
export class TaggedDfa {
  /** Characters read and instructions visited by the last run. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #wide: boolean
  readonly #table: StateTable
  readonly #stepper: TaggedStepper
  readonly #looksBack: Uint8Array
  readonly #startsLater: boolean
  readonly #registers = new Int32Array(maxRegisters + 1)
  readonly #actions: Action[] = [noAction]
  readonly #actionNumbers = new Map<string, number>()
  /** States before the first character, by context. */
  readonly #firsts = new Int32Array(contextBits + seededBit + 1)
  #generation = -1
  #resting: number

  constructor(program: Program, alphabet: Alphabet, options: LinearOptions) {
    this.#program = program
    this.#alphabet = alphabet
    this.#wide = options.wide
    // The second half of a row holds the numbers of actions.
    this.#table = new StateTable(alphabet.size * 2, options.maxCacheBytes, options.budget)
    this.#stepper = new TaggedStepper(program, alphabet)
    this.#looksBack = looksBack(program)
    this.#startsLater = startsLater(program)
    const isSmall = program.length * (program.slots + 1) <= maxCells
    this.#resting = isSmall && options.onePass !== false ? 0 : Number.POSITIVE_INFINITY
  }

  /** Bytes held by the automaton. */
  get bytes(): number {
    return this.#table.bytes
  }

  /** Asked before each run: false while others have to do the work, after the states outgrew the cache, or ever. */
  isReady(): boolean {
    if (this.#resting === 0) return true
    this.#resting -= 1
    return false
  }

  /** Looks for the leftmost-first match from `from` on. `slots` are its captures after `match`, and untouched after `nothing`. */
  run(input: string, from: number, slots: Int32Array): TaggedResult {
    this.steps = 1
    const alphabet = this.#alphabet
    const { direct, size } = alphabet
    const wide = this.#wide
    const plainCodes = wide ? 128 : 256
    const plainEnd = alphabet.usesFinalNewline ? input.length - 1 : input.length
    const registers = this.#registers
    const actions = this.#actions
    let state = this.#enter(contextBefore(alphabet, wide, input, from))
    if (state < 0) return this.#overflow(0)
    let rows = this.#table.rows
    let match: Int32Array | undefined
    let needed = 0
    let matchAt = from
    let isKept = false
    let at = from
    for (;;) {
      let symbol = 0
      let entry = rowUnknown
      let isPlain = false
      // Most characters only lead on: this loop is hot.
      for (; at < plainEnd; at += 1) {
        const unit = input.charCodeAt(at)
        isPlain = unit < plainCodes
        if (!isPlain) break
        symbol = direct[unit] ?? 0
        entry = rows[state + symbol] ?? 0
        if ((entry & plainBit) === 0) break
        state = entry >> offsetShift
      }
      if (at >= plainEnd || !isPlain) {
        isPlain = false
        symbol = readClass(alphabet, wide, input, at)
        entry = rows[state + symbol] ?? 0
      }
      if (entry === rowUnknown) {
        entry = this.#build(state, symbol)
        if (entry < 0) return this.#overflow(at - from)
        rows = this.#table.rows
      }
      const action = actions[rows[state + size + symbol] ?? 0] ?? noAction
      if (action.match !== undefined) {
        match = action.match
        needed = action.needed
        matchAt = at
        isKept = false
      }
      const { moves } = action
      if (moves.length > 0) {
        // What the match needs may be overwritten now.
        if (match !== undefined && !isKept && (needed & action.written) !== 0) {
          keep(slots, match, { registers, at: matchAt })
          isKept = true
        }
        for (let n = 0; n < moves.length; n += 2) {
          const source = moves[n + 1] ?? 0
          registers[moves[n] ?? 0] = source < 0 ? at : (registers[source] ?? 0)
        }
      }
      state = entry >> offsetShift
      if ((entry & deadBit) !== 0 || at >= input.length) break
      if ((entry & skipBit) === 0) {
        at += isPlain ? 1 : widthAt(wide, input, at)
      } else {
        const end = input.indexOf('\n', at + 1)
        at = end < 0 ? input.length : end
      }
    }
    this.steps += at - from
    if (match === undefined) return 'nothing'
    if (!isKept) keep(slots, match, { registers, at: matchAt })
    return 'match'
  }

  /** The state before the first character; negative when there is no room for it. */
  #enter(context: number): number {
    this.#table.refresh()
    if (this.#generation !== this.#table.generation) this.#forget()
    const tag = seededBit | (this.#looksBack[this.#program.start] === 1 ? context : contextOther)
    const known = this.#firsts[tag] ?? 0
    if (known !== 0) return known
    const state = this.#table.intern(this.#registers, 0, tag)
    this.#firsts[tag] = state
    return state
  }

  #forget(): void {
    this.#generation = this.#table.generation
    this.#actions.length = 1
    this.#actionNumbers.clear()
    this.#firsts.fill(0)
  }

  #overflow(read: number): TaggedResult {
    this.steps += read
    this.#table.reset()
    this.#resting = restingRuns
    return 'overflow'
  }

  /** Makes the transition of a state over a symbol; negative when there is no room for it. */
  #build(state: number, symbol: number): number {
    const stepper = this.#stepper
    const { next, width } = stepper
    const tag = this.#table.tags[state / this.#table.stride] ?? 0
    const wasSeeded = (tag & seededBit) !== 0
    const visited = stepper.steps
    stepper.run(this.#table.listOf(state), { symbol, context: tag & contextBits, seeded: wasSeeded })
    this.steps += stepper.steps - visited
    const match = stepper.matched ? stepper.match.slice() : undefined
    const sources = renumber(next, width)
    if (sources.length > maxRegisters) return -1
    const isSeeded = wasSeeded && match === undefined && this.#startsLater
    const target = this.#intern(symbol, isSeeded)
    const action = this.#numberOf(actionOf(movesOf(sources, maxRegisters), match))
    if (target < 0 || action < 0) return -1
    const skips =
      next.count === 1 &&
      !isSeeded &&
      isRestLoop(this.#program, next.entries[0] ?? 0, this.#wide ? 0x10ffff : 0xff)
    const isDead = next.count === 0 && !isSeeded
    const bits = (skips ? skipBit : 0) | (isDead ? deadBit : 0)
    const entry = (target << offsetShift) | (action === 0 && bits === 0 ? plainBit : bits)
    this.#table.rows[state + symbol] = entry
    this.#table.rows[state + this.#alphabet.size + symbol] = action
    return entry
  }

  /** The state of the threads after a symbol. What was before them is part of it only where something asks. */
  #intern(symbol: number, isSeeded: boolean): number {
    const { next, width } = this.#stepper
    let asks = isSeeded && this.#looksBack[this.#program.start] === 1
    for (let at = 0; at < next.count * width && !asks; at += width)
      asks = this.#looksBack[next.entries[at] ?? 0] === 1
    const context = asks ? contextAfter(this.#alphabet, symbol) : contextOther
    return this.#table.intern(next.entries, next.count * width, context | (isSeeded ? seededBit : 0))
  }

  #numberOf(action: Action): number {
    if (action.match === undefined && action.moves.length === 0) return 0
    const key = `${action.moves.join()}/${action.match?.join() ?? ''}`
    const known = this.#actionNumbers.get(key)
    if (known !== undefined) return known
    if (this.#actions.length >= maxActions) return -1
    const number = this.#actions.push(action) - 1
    this.#actionNumbers.set(key, number)
    return number
  }
}

function actionOf(moves: Int32Array, match: Int32Array | undefined): Action {
  let written = 0
  for (let n = 0; n < moves.length; n += 2) written |= bitOf(moves[n] ?? 0)
  let needed = 0
  for (const source of match ?? []) if (source >= 0) needed |= bitOf(source)
  return { moves, match, written, needed }
}

/** A bit for each of the first registers, and one for all others. */
function bitOf(register: number): number {
  return 1 << Math.min(register, 31)
}

/** Writes the slots of a match that ends at a position. */
function keep(
  slots: Int32Array,
  match: Int32Array,
  { registers, at }: { readonly registers: Int32Array; readonly at: number },
): void {
  for (let slot = 0; slot < match.length; slot++) {
    const source = match[slot] ?? 0
    slots[slot] = source >= 0 ? (registers[source] ?? 0) : source === slotHere ? at : -1
  }
}
