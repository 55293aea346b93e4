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
  readonly #stack: number[] = []

  constructor(program: Program, alphabet: Alphabet, alive: BackwardDfa, wide: boolean) {
    this.#program = program
    this.#alphabet = alphabet
    this.#wide = wide
    this.#alive = alive
    this.#marks = new Uint32Array(program.length)
  }

  /** Capture slots of the match of this span, which the last scan of the automaton found. */
  walk(input: string, { start, end }: Span): Int32Array {
    const slots = new Int32Array(this.#program.slots).fill(-1)
    slots[0] = start
    this.steps = 0
    const asserting = this.#program.assertions !== 0
    let pc = this.#program.start
    let at = start
    for (;;) {
      const before = asserting ? contextBefore(this.#alphabet, this.#wide, input, at) : 0
      const after = asserting
        ? (this.#alphabet.context[readClass(this.#alphabet, this.#wide, input, at)] ?? 0)
        : 0
      const taken = this.#choose(pc, at, { slots, before, after, atEnd: at === end })
      if (this.#program.op[taken] !== opSet) break
      pc = this.#program.out[taken] ?? 0
      at += widthAt(this.#wide, input, at)
    }
    slots[1] = at
    return slots
  }

  /** The first consuming instruction that is alive, or the match, in order of preference. */
  #choose(start: number, at: number, place: Place): number {
    const { op, out, arg } = this.#program
    const stack = this.#stack
    stack.length = 0
    stack.push(start)
    this.#nextMark()
    while (stack.length > 0) {
      const pc = stack.pop() ?? 0
      if (pc < 0) {
        place.slots[-pc - 1] = stack.pop() ?? -1
        continue
      }
      if (this.#marks[pc] === this.#mark) continue
      this.#marks[pc] = this.#mark
      this.steps += 1
      const code = op[pc]
      if (code === opSet) {
        if (!place.atEnd && this.#alive.isAlive(pc, at)) return pc
      } else if (code === opMatch) {
        if (place.atEnd) return pc
      } else if (code === opSplit) {
        stack.push(arg[pc] ?? 0, out[pc] ?? 0)
      } else if (code === opCapture) {
        const slot = arg[pc] ?? 0
        stack.push(place.slots[slot] ?? -1, -slot - 1, out[pc] ?? 0)
        place.slots[slot] = at
      } else if (code === opAssert && assertionHolds(arg[pc] ?? 0, place.before, place.after)) {
        stack.push(out[pc] ?? 0)
      }
    }
    // Not reached: the scan found a match from here.
    return 0
  }

  #nextMark(): void {
    this.#mark += 1
    if (this.#mark < 0x1_0000_0000) return
    this.#marks.fill(0)
    this.#mark = 1
  }
}

/** Where a match starts and ends (exclusive). */
export interface Span {
  readonly start: number
  readonly end: number
}

interface Place {
  readonly slots: Int32Array
  readonly before: number
  readonly after: number
  /** The position is the end of the match. */
  readonly atEnd: boolean
}
