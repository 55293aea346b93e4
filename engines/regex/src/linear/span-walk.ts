import { assertionHolds } from '../program/assertion-holds.ts'
import { opAssert, opCapture, opMatch, opSet, opSplit, type Program } from '../program/program.ts'
import { contextBefore, readClass, widthAt } from '../program/read-class.ts'

import type { Alphabet } from '../program/alphabet.ts'
import type { BackwardDfa } from './backward-dfa.ts'

/**
 * Follows the one path of a match that leftmost-first order prefers, and notes the captures on the way. At each
 * position it looks only for the first choice that is alive, so it never goes back over the input.
 */
export class SpanWalk {
  /** Instructions visited by the last walk. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #wide: boolean
  readonly #alive: BackwardDfa
  readonly #marks: Uint32Array
  #mark = 0
  /** Each visited instruction adds at most two. */
  readonly #stack: Int32Array
  readonly #known: (Choice | undefined)[] = Array.from({ length: remembered }, () => undefined)
  #generation = 0

  constructor(program: Program, alphabet: Alphabet, alive: BackwardDfa, wide: boolean) {
    this.#program = program
    this.#alphabet = alphabet
    this.#wide = wide
    this.#alive = alive
    this.#stack = new Int32Array(program.length * 2 + 2)
    this.#marks = new Uint32Array(program.length)
  }

  /** Capture slots of the match of this span, which the last scan of the automaton found; written to `into` where given. */
  walk(input: string, { start, end }: Span, into?: Int32Array): Int32Array {
    if (this.#generation !== this.#alive.generation) this.#forget()
    const slots = (into ?? new Int32Array(this.#program.slots)).fill(-1)
    slots[0] = start
    slots[1] = end
    this.steps = end - start + 1
    const { out } = this.#program
    const asserting = this.#program.assertions !== 0
    const { direct, context } = this.#alphabet
    const known = this.#known
    const states = this.#alive.states
    let before = asserting ? contextBefore(this.#alphabet, this.#wide, input, start) : 0
    let pc = this.#program.start
    let choice: Choice | undefined
    for (let at = start; at <= end;) {
      // A choice depends on the instruction, the alive state and the context before, and on nothing else.
      const state = states[at] ?? 0
      // Inside of a loop it is that of the character before.
      if (choice === undefined || choice.from !== pc || choice.state !== state || choice.before !== before) {
        const slot = (Math.imul(pc, 0x9e3779b1) ^ Math.imul(state + before, 0x85ebca6b)) >>> rememberedShift
        choice = known[slot]
        if (
          choice === undefined ||
          choice.from !== pc ||
          choice.state !== state ||
          choice.before !== before
        ) {
          choice = this.#choose(pc, at, { input, before, state, atEnd: at === end })
          known[slot] = choice
        }
      }
      const set = choice.slots
      for (let n = 0; n < set.length; n++) slots[set[n] ?? 0] = at
      pc = out[choice.pc] ?? 0
      const unit = at < end ? input.charCodeAt(at) : 0
      if (unit < 128) {
        at += 1
        // A final newline counts as any other: what follows it is the end, and only looking ahead tells them apart.
        before = asserting ? (context[direct[unit] ?? 0] ?? 0) : 0
      } else {
        at += widthAt(this.#wide, input, at)
        before = asserting ? contextBefore(this.#alphabet, this.#wide, input, at) : 0
      }
    }
    return slots
  }

  /** The first consuming instruction that is alive, or the match, in order of preference; and the captures on the way. */
  #choose(start: number, at: number, { input, before, state, atEnd }: Place): Choice {
    const { op, out, arg } = this.#program
    const after = this.#alphabet.context[readClass(this.#alphabet, this.#wide, input, at)] ?? 0
    const slots: number[] = []
    const stack = this.#stack
    let top = 1
    stack[0] = start
    this.#nextMark()
    while (top > 0) {
      const pc = stack[--top] ?? 0
      if (pc < 0) {
        slots.pop()
        continue
      }
      if (this.#marks[pc] === this.#mark) continue
      this.#marks[pc] = this.#mark
      this.steps += 1
      const code = op[pc]
      if (code === opSet) {
        if (!atEnd && this.#alive.isAlive(pc, at)) return { from: start, state, before, pc, slots }
      } else if (code === opMatch) {
        if (atEnd) return { from: start, state, before, pc, slots }
      } else if (code === opSplit) {
        stack[top++] = arg[pc] ?? 0
        stack[top++] = out[pc] ?? 0
      } else if (code === opCapture) {
        stack[top++] = givenUp
        stack[top++] = out[pc] ?? 0
        slots.push(arg[pc] ?? 0)
      } else if (code === opAssert && assertionHolds(arg[pc] ?? 0, before, after)) {
        stack[top++] = out[pc] ?? 0
      }
    }
    // Not reached: the scan found a match from here.
    return { from: start, state, before, pc: 0, slots: [] }
  }

  #forget(): void {
    this.#generation = this.#alive.generation
    this.#known.fill(undefined)
  }

  #nextMark(): void {
    this.#mark += 1
    if (this.#mark < 0x1_0000_0000) return
    this.#marks.fill(0)
    this.#mark = 1
  }
}

/** Choices that are kept: two to the power of 32 less the shift. */
const rememberedShift = 20
const remembered = 2 ** (32 - rememberedShift)
/** On the stack: the path of the last capture was given up. */
const givenUp = -1

/** Where a match starts and ends (exclusive). */
export interface Span {
  readonly start: number
  readonly end: number
}

interface Place {
  readonly input: string
  /** Context before the position; 0 when the program does not ask. */
  readonly before: number
  readonly state: number
  /** The position is the end of the match. */
  readonly atEnd: boolean
}

interface Choice {
  readonly from: number
  readonly state: number
  readonly before: number
  /** The instruction taken: one that consumes, or the match. */
  readonly pc: number
  /** Capture slots set to the position. */
  readonly slots: readonly number[]
}
