import { contextEdge, contextOther, type Alphabet } from '../program/alphabet.ts'
import { assertionHolds } from '../program/assertion-holds.ts'
import { assertLineStart, opAssert, opMatch, opSet, opSplit, type Program } from '../program/program.ts'
import { contextBefore, readClass, widthAt } from '../program/read-class.ts'
import { InstructionSet } from './instruction-set.ts'
import { rowDead, rowMatch, rowUnknown, StateTable } from './state-table.ts'

import type { LinearOptions } from './linear-options.ts'

const contexts = 5

/** What the start of the pattern contributes to a step, computed once per context and class. */
interface StartStep {
  readonly match: boolean
  readonly pcs: Int32Array
}

/**
 * Decides whether a program matches anywhere, one table read a character: a lazily built automaton whose states are
 * sets of instructions (order of preference does not matter for yes or no).
 *
 * Every position is also a possible start of a match. The instructions that this adds are the same in every state with
 * the same context, so states leave them out: a state is only what is under way, which keeps states few and small.
 */
export class ForwardDfa {
  /** Characters read and instructions visited by the last call. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #wide: boolean
  readonly #table: StateTable
  readonly #asserting: boolean
  /** 1 for instructions that the start adds, at `context * length + pc`. */
  readonly #startMarks: Uint8Array
  /** False when a match can only start at the very beginning: then nothing under way means nothing to come. */
  #startsLater = false
  /** Instructions that the start adds, by context. */
  readonly #startLists: Int32Array[] = []
  /** Whether the empty match at a start needs no look ahead, by context. */
  readonly #startMatches: Uint8Array
  /** States in which nothing is under way, by context; 0 when not built since the table was emptied. */
  readonly #startStates: Int32Array = new Int32Array(contexts)
  readonly #startSteps: (StartStep | undefined)[]
  readonly #next: InstructionSet
  readonly #held: InstructionSet
  /** Each visited instruction adds at most two. */
  readonly #stack: Int32Array
  #resets = 0

  constructor(program: Program, alphabet: Alphabet, options: LinearOptions) {
    this.#program = program
    this.#alphabet = alphabet
    this.#wide = options.wide
    this.#table = new StateTable(alphabet.size, options.maxCacheBytes, options.budget)
    this.#asserting = program.assertions !== 0
    this.#startMarks = new Uint8Array(contexts * program.length)
    this.#startMatches = new Uint8Array(contexts)
    this.#startSteps = []
    this.#stack = new Int32Array(program.length * 2 + 2)
    this.#next = new InstructionSet(program.length)
    this.#held = new InstructionSet(program.length)
    for (let context = 0; context < contexts; context++) this.#prepareStart(context)
  }

  /** Bytes held by the automaton. */
  get bytes(): number {
    return this.#table.bytes
  }

  /** Whether the program matches somewhere from `from` on. */
  test(input: string, from: number): boolean {
    if (this.#table.refresh()) this.#startStates.fill(0)
    const context = this.#asserting ? contextBefore(this.#alphabet, this.#wide, input, from) : contextOther
    this.steps = 1
    if (this.#startMatches[context] === 1) return true
    let start = this.#startStates[context] ?? 0
    if (start === 0) {
      this.#next.clear()
      start = this.#enter(context)
      this.#startStates[context] = start
    }
    return this.#wide || this.#alphabet.usesFinalNewline
      ? this.#runGeneral(input, from, start)
      : this.#runBytes(input, from, start)
  }

  // Hot: bench/regex measures it. One class read, one transition read and one comparison a byte.
  #runBytes(input: string, from: number, start: number): boolean {
    const classes = this.#alphabet.direct
    const length = input.length
    const stride = this.#table.stride
    let rows = this.#table.rows
    let state = start
    for (let at = from; at < length; at++) {
      const symbol = classes[input.charCodeAt(at) & 0xff] ?? 0
      const next = rows[state + symbol] ?? 0
      if (next >= stride) {
        state = next
        continue
      }
      if (next !== rowUnknown) return this.#finish(at - from, next)
      state = this.#build(state, symbol)
      if (state < stride) return this.#finish(at - from, state)
      rows = this.#table.rows
    }
    return this.#atEnd(state, length - from)
  }

  #runGeneral(input: string, from: number, start: number): boolean {
    const alphabet = this.#alphabet
    const classes = alphabet.direct
    const length = input.length
    const stride = this.#table.stride
    // In wide mode and before a final newline a slower reader takes over; ASCII text stays in the fast branch.
    const direct = this.#wide ? 128 : 256
    const last = alphabet.usesFinalNewline ? length - 1 : length
    let rows = this.#table.rows
    let state = start
    for (let at = from; at < length;) {
      const unit = input.charCodeAt(at)
      const plain = at < last && unit < direct
      const symbol = plain ? (classes[unit] ?? 0) : readClass(alphabet, this.#wide, input, at)
      const width = plain ? 1 : widthAt(this.#wide, input, at)
      let next = rows[state + symbol] ?? 0
      if (next < stride) {
        if (next === rowUnknown) next = this.#build(state, symbol)
        if (next < stride) return this.#finish(at - from, next)
        rows = this.#table.rows
      }
      state = next
      at += width
    }
    return this.#atEnd(state, length - from)
  }

  #atEnd(state: number, read: number): boolean {
    if (!this.#asserting) return this.#finish(read, rowDead)
    const symbol = this.#alphabet.endClass
    const known = this.#table.rows[state + symbol] ?? 0
    return this.#finish(read, known === rowUnknown ? this.#build(state, symbol) : known)
  }

  #finish(read: number, outcome: number): boolean {
    this.steps += read
    return outcome === rowMatch
  }

  /** Builds one transition. */
  #build(state: number, symbol: number): number {
    const held = this.#held
    held.size = 0
    const list = this.#table.listOf(state)
    held.list.set(list)
    held.size = list.length
    const context = this.#table.tags[state / this.#table.stride] ?? 0
    let target = this.#advance(held, context, symbol)
    if (target === rowUnknown) {
      const resets = this.#resets
      target = this.#enter(this.#context)
      // After a reset the old state's row is gone.
      if (resets !== this.#resets) return target
    }
    this.#table.rows[state + symbol] = target
    return target
  }

  #context = 0

  /** The state of `#next` and a context. A full table is emptied first: what was built since then paid for that. */
  #enter(context: number): number {
    this.#next.sort()
    const found = this.#table.intern(this.#next.list, this.#next.size, context)
    if (found >= 0) return found
    this.#resets += 1
    this.#table.reset()
    this.#startStates.fill(0)
    return this.#table.intern(this.#next.list, this.#next.size, context)
  }

  /** Moves all that is under way, and the start, over a symbol into `#next`. Gives rowMatch, rowDead or rowUnknown (go on). */
  #advance(current: InstructionSet, context: number, symbol: number): number {
    const { op, out, arg } = this.#program
    const alphabet = this.#alphabet
    const startStep = this.#startStep(context, symbol)
    if (startStep.match) return rowMatch
    const next = this.#next
    next.clear()
    const target = alphabet.context[symbol] ?? 0
    const after = this.#asserting ? target : contextOther
    this.#context = target === contextEdge ? contextOther : after
    for (const pc of startStep.pcs) if (next.mark(pc)) next.push(pc)
    this.steps += current.size + next.size
    for (let i = 0; i < current.size; i++) {
      const pc = current.list[i] ?? 0
      if (op[pc] === opAssert) {
        if (this.#advanceThrough(pc, context, symbol)) return rowMatch
      } else if (
        alphabet.members[(arg[pc] ?? 0) * alphabet.size + symbol] === 1 &&
        this.#follow(out[pc] ?? 0, this.#context)
      ) {
        return rowMatch
      }
    }
    return next.size === 0 && (!this.#startsLater || symbol === alphabet.endClass) ? rowDead : rowUnknown
  }

  /** A condition that waited for the next symbol: what it leads to is moved over the symbol as well. True on a match. */
  #advanceThrough(pc: number, context: number, symbol: number): boolean {
    const { op, out, arg } = this.#program
    const alphabet = this.#alphabet
    const after = alphabet.context[symbol] ?? 0
    const seen = new Set<number>()
    const stack = [pc]
    while (stack.length > 0) {
      const at = stack.pop() ?? 0
      if (seen.has(at)) continue
      seen.add(at)
      this.steps += 1
      const code = op[at]
      if (code === opMatch) return true
      if (code === opSet) {
        if (alphabet.members[(arg[at] ?? 0) * alphabet.size + symbol] !== 1) continue
        if (this.#follow(out[at] ?? 0, this.#context)) return true
      } else if (code !== opAssert || assertionHolds(arg[at] ?? 0, context, after)) {
        stack.push(out[at] ?? 0)
        if (code === opSplit) stack.push(arg[at] ?? 0)
      }
    }
    return false
  }

  /** Adds all that is reachable without consuming, except what the start adds anyway. True on a match. */
  #follow(pc: number, context: number): boolean {
    const { op, out, arg } = this.#program
    const next = this.#next
    const base = context * this.#program.length
    const stack = this.#stack
    let top = 1
    stack[0] = pc
    while (top > 0) {
      const at = stack[--top] ?? 0
      if (this.#startMarks[base + at] === 1 || !next.mark(at)) continue
      this.steps += 1
      const code = op[at]
      if (code === opMatch) return true
      if (code === opSet || (code === opAssert && (arg[at] ?? 0) > assertLineStart)) {
        next.push(at)
      } else if (code !== opAssert || assertionHolds(arg[at] ?? 0, context, contextOther)) {
        stack[top++] = out[at] ?? 0
        if (code === opSplit) stack[top++] = arg[at] ?? 0
      }
    }
    return false
  }

  #prepareStart(context: number): void {
    this.#next.clear()
    if (this.#follow(this.#program.start, context)) this.#startMatches[context] = 1
    if (context !== contextEdge && (this.#next.size > 0 || this.#startMatches[context] === 1))
      this.#startsLater = true
    const list = this.#next.list.slice(0, this.#next.size)
    this.#startLists[context] = list
    for (const pc of list) this.#startMarks[context * this.#program.length + pc] = 1
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
    const alphabet = this.#alphabet
    const after = this.#asserting ? (alphabet.context[symbol] ?? 0) : contextOther
    this.#context = after === contextEdge ? contextOther : after
    this.#next.clear()
    let match = (this.#startMatches[this.#context] ?? 0) === 1 && symbol !== alphabet.endClass
    for (const pc of this.#startLists[context] ?? []) {
      if (match) break
      if (op[pc] === opAssert) match = this.#advanceThrough(pc, context, symbol)
      else if (alphabet.members[(arg[pc] ?? 0) * alphabet.size + symbol] === 1)
        match = this.#follow(out[pc] ?? 0, this.#context)
    }
    return { match, pcs: this.#next.list.slice(0, this.#next.size) }
  }
}
