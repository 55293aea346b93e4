import { contextEdge, contextOther, type Alphabet } from '../program/alphabet.ts'
import { assertionHolds } from '../program/assertion-holds.ts'
import { opAssert, opCapture, opMatch, opSet, opSplit, type Program } from '../program/program.ts'
import { InstructionSet } from './instruction-set.ts'

/** A capture slot that was not set. */
export const slotUnset = -1
/** A capture slot set at the position of the step. */
export const slotHere = -2

/** Threads in order of preference, `width` entries each: the instruction that waits, then what each capture slot holds. */
export interface ThreadList {
  entries: Int32Array
  count: number
}

/** One step of all threads. */
export interface TaggedStep {
  /** The character. */
  readonly symbol: number
  /** Context of the character before it. */
  readonly context: number
  /** Whether another match may start here. */
  readonly seeded: boolean
}

/**
 * Moves a list of threads over one character, as {@link PikeVm} does, but without an input: a capture slot holds a
 * number that stands for a position, or {@link slotHere}. Made once for each transition of {@link TaggedDfa}.
 */
export class TaggedStepper {
  /** Threads after the step. */
  readonly next: ThreadList
  /** What the slots hold in the match that ends before the character; the last step had one when `matched`. */
  readonly match: Int32Array
  matched = false
  /** Instructions visited since this was last set to 0. */
  steps = 0
  /** Entries of one thread. */
  readonly width: number
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #visited: InstructionSet
  readonly #waiting: InstructionSet
  readonly #slots: Int32Array
  readonly #stack: number[] = []

  constructor(program: Program, alphabet: Alphabet) {
    this.#program = program
    this.#alphabet = alphabet
    this.width = program.slots + 1
    this.next = { entries: new Int32Array(this.width * 8), count: 0 }
    this.match = new Int32Array(program.slots)
    this.#slots = new Int32Array(program.slots)
    this.#visited = new InstructionSet(program.length)
    this.#waiting = new InstructionSet(program.length)
  }

  /** Moves threads, and what the start adds after them, over a character into `next`. A match ends the list. */
  run(threads: Int32Array, step: TaggedStep): void {
    const { width } = this
    this.next.count = 0
    this.matched = false
    this.#visited.clear()
    this.#waiting.clear()
    for (let at = 0; at < threads.length; at += width) {
      for (let slot = 0; slot < width - 1; slot++) this.#slots[slot] = threads[at + 1 + slot] ?? slotUnset
      if (this.#follow(threads[at] ?? 0, step)) return
    }
    if (!step.seeded) return
    this.#slots.fill(slotUnset)
    this.#slots[0] = slotHere
    this.#follow(this.#program.start, step)
  }

  /** Depth-first in order of preference; negative stack entries restore a slot. True when a match was reached. */
  #follow(start: number, { symbol, context }: TaggedStep): boolean {
    const { op, out, arg } = this.#program
    const { members, size } = this.#alphabet
    const after = this.#alphabet.context[symbol] ?? contextOther
    const stack = this.#stack
    stack.length = 0
    stack.push(start)
    while (stack.length > 0) {
      const pc = stack.pop() ?? 0
      if (pc < 0) {
        this.#slots[-pc - 1] = stack.pop() ?? slotUnset
        continue
      }
      if (!this.#visited.mark(pc)) continue
      this.steps += 1
      const code = op[pc]
      if (code === opMatch) {
        this.match.set(this.#slots)
        this.match[1] = slotHere
        this.matched = true
        return true
      }
      if (code === opSet) {
        if (members[(arg[pc] ?? 0) * size + symbol] === 1) this.#add(out[pc] ?? 0)
      } else if (code === opSplit) {
        stack.push(arg[pc] ?? 0, out[pc] ?? 0)
      } else if (code === opCapture) {
        const slot = arg[pc] ?? 0
        stack.push(this.#slots[slot] ?? slotUnset, -slot - 1, out[pc] ?? 0)
        this.#slots[slot] = slotHere
      } else if (code === opAssert && assertionHolds(arg[pc] ?? 0, context, after)) {
        stack.push(out[pc] ?? 0)
      }
    }
    return false
  }

  #add(pc: number): void {
    if (!this.#waiting.mark(pc)) return
    const { next, width } = this
    const at = next.count * width
    if (at + width > next.entries.length) {
      const entries = new Int32Array(next.entries.length * 2)
      entries.set(next.entries)
      next.entries = entries
    }
    next.entries[at] = pc
    next.entries.set(this.#slots, at + 1)
    next.count += 1
    this.steps += width
  }
}

/** The context that a character is to what follows it. */
export function contextAfter(alphabet: Alphabet, symbol: number): number {
  const context = alphabet.context[symbol] ?? contextOther
  return context === contextEdge ? contextOther : context
}
