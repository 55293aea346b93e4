import { assertionHolds } from '../program/assertion-holds.ts'
import { opAssert, opCapture, opMatch, opSet, opSplit, type Program } from '../program/program.ts'
import { contextBefore, readClass, widthAt } from '../program/read-class.ts'

import type { Alphabet } from '../program/alphabet.ts'

/** What a {@link PikeVm} runs on. */
export interface PikeInput {
  readonly input: string
  readonly from: number
}

/**
 * Simulates a program with all threads in step and in order of preference (Pike 1987; Cox, "Regular Expression
 * Matching: the Virtual Machine Approach"). Work is at most input length × program length. It needs no state cache, so
 * it is what remains when a lazy automaton would outgrow its memory, and what the automata are tested against.
 */
export class PikeVm {
  /** Instructions visited by the last run. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #wide: boolean
  #current: ThreadList
  #next: ThreadList
  readonly #scratch: Int32Array
  readonly #stack: number[] = []

  constructor(program: Program, alphabet: Alphabet, wide: boolean) {
    this.#program = program
    this.#alphabet = alphabet
    this.#wide = wide
    this.#current = newThreadList(program)
    this.#next = newThreadList(program)
    this.#scratch = new Int32Array(program.slots)
  }

  /** Slots of the leftmost-first match from `from` on, or undefined. The array is the caller's. */
  run({ input, from }: PikeInput): Int32Array | undefined {
    let found: Int32Array | undefined
    let before = contextBefore(this.#alphabet, this.#wide, input, from)
    this.#current.size = 0
    this.steps = 0
    for (let at = from; at <= input.length;) {
      const symbol = readClass(this.#alphabet, this.#wide, input, at)
      const after = this.#alphabet.context[symbol] ?? 0
      // Threads wait unexpanded between characters; expansion needs to know what comes next.
      this.#expand(at, before, after, found === undefined)
      found = this.#step(symbol, at, found)
      ;[this.#current, this.#next] = [this.#next, this.#current]
      if (this.#current.size === 0 && found !== undefined) break
      before = after
      at += widthAt(this.#wide, input, at)
    }
    return found
  }

  /** Follows empty edges from all waiting threads, and from the start while nothing was found, in order. */
  #expand(at: number, before: number, after: number, seed: boolean): void {
    const list = this.#current
    const waiting = list.pcs.slice(0, list.size)
    const captures = list.captures.slice(0, list.size * this.#program.slots)
    list.size = 0
    list.generation += 1
    for (let i = 0; i < waiting.length; i++) {
      this.#scratch.set(captures.subarray(i * this.#program.slots, (i + 1) * this.#program.slots))
      this.#follow(waiting[i] ?? 0, at, before, after)
    }
    if (seed) {
      this.#scratch.fill(-1)
      this.#scratch[0] = at
      this.#follow(this.#program.start, at, before, after)
    }
  }

  /** Depth-first in order of preference; negative stack entries restore a capture slot. */
  #follow(start: number, at: number, before: number, after: number): void {
    const { op, out, arg, slots } = this.#program
    const list = this.#current
    const stack = this.#stack
    stack.push(start)
    while (stack.length > 0) {
      const pc = stack.pop() ?? 0
      if (pc < 0) {
        this.#scratch[-pc - 1] = stack.pop() ?? -1
        continue
      }
      if (list.marks[pc] === list.generation) continue
      list.marks[pc] = list.generation
      this.steps += 1
      const code = op[pc]
      if (code === opSplit) {
        stack.push(arg[pc] ?? 0, out[pc] ?? 0)
      } else if (code === opCapture) {
        const slot = arg[pc] ?? 0
        stack.push(this.#scratch[slot] ?? -1, -slot - 1, out[pc] ?? 0)
        this.#scratch[slot] = at
      } else if (code === opAssert) {
        if (assertionHolds(arg[pc] ?? 0, before, after)) stack.push(out[pc] ?? 0)
      } else {
        list.captures.set(this.#scratch, list.size * slots)
        list.pcs[list.size++] = pc
      }
    }
  }

  /** Moves every expanded thread over one character; a match ends all threads of lower preference. */
  #step(symbol: number, at: number, found: Int32Array | undefined): Int32Array | undefined {
    const { op, out, arg, slots } = this.#program
    const list = this.#current
    const next = this.#next
    next.size = 0
    next.generation += 1
    for (let i = 0; i < list.size; i++) {
      const pc = list.pcs[i] ?? 0
      if (op[pc] === opMatch) {
        const slotsFound = list.captures.slice(i * slots, (i + 1) * slots)
        slotsFound[1] = at
        return slotsFound
      }
      const target = out[pc] ?? 0
      if (op[pc] !== opSet || this.#alphabet.members[(arg[pc] ?? 0) * this.#alphabet.size + symbol] !== 1)
        continue
      if (next.marks[target] === next.generation) continue
      next.marks[target] = next.generation
      next.captures.set(list.captures.subarray(i * slots, (i + 1) * slots), next.size * slots)
      next.pcs[next.size++] = target
    }
    return found
  }
}

interface ThreadList {
  readonly pcs: Int32Array
  readonly captures: Int32Array
  /** Generation in which an instruction was last added. */
  readonly marks: Uint32Array
  generation: number
  size: number
}

function newThreadList(program: Program): ThreadList {
  return {
    pcs: new Int32Array(program.length),
    captures: new Int32Array(program.length * program.slots),
    marks: new Uint32Array(program.length),
    generation: 0,
    size: 0,
  }
}
