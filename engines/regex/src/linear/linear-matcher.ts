import { BackwardDfa, scanOverflow } from './backward-dfa.ts'
import { ForwardDfa } from './forward-dfa.ts'
import { endNothing, MatchEndDfa } from './match-end-dfa.ts'
import { PikeVm } from './pike-vm.ts'
import { SpanWalk } from './span-walk.ts'

import type { Alphabet } from '../program/alphabet.ts'
import type { Program } from '../program/program.ts'
import type { LinearOptions } from './linear-options.ts'

/** After this many matches in a row, `exec` no longer asks first whether there is one. */
const trustMatches = 8

/**
 * Matches in time linear in the input: an automaton for yes or no; for captures one that finds the end of the
 * match, one that goes back to its start, and a walk between the two; and a simulation without any cache when those would outgrow theirs. Parts are built when first needed.
 */
export class LinearMatcher {
  /** Work of the last call: characters read and instructions visited. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #options: LinearOptions
  #forward: ForwardDfa | undefined
  #matchEnd: MatchEndDfa | undefined
  #backward: BackwardDfa | undefined
  #walk: SpanWalk | undefined
  #pike: PikeVm | undefined
  #matchesInRow = 0

  constructor(program: Program, alphabet: Alphabet, options: LinearOptions) {
    this.#program = program
    this.#alphabet = alphabet
    this.#options = options
  }

  /** Bytes held by automata. */
  get bytes(): number {
    return (this.#forward?.bytes ?? 0) + (this.#matchEnd?.bytes ?? 0) + (this.#backward?.bytes ?? 0)
  }

  /** Whether the program matches somewhere from `from` on. */
  test(input: string, from: number): boolean {
    this.#forward ??= new ForwardDfa(this.#program, this.#alphabet, this.#options)
    const found = this.#forward.test(input, from)
    this.steps = this.#forward.steps
    return found
  }

  /** Capture slots of the leftmost-first match from `from` on; undefined when there is none. */
  exec(input: string, from: number, into?: Int32Array): Int32Array | undefined {
    let tested = 0
    if (this.#matchesInRow < trustMatches) {
      if (!this.test(input, from)) {
        this.#matchesInRow = 0
        return undefined
      }
      tested = this.steps
    }
    const slots = this.#capture(input, from, into)
    this.#matchesInRow = slots === undefined ? 0 : this.#matchesInRow + 1
    this.steps += tested
    return slots
  }

  #capture(input: string, from: number, into?: Int32Array): Int32Array | undefined {
    this.steps = 0
    // Then the way back tells whether there is a match at all, too.
    const toEnd = this.#options.takesRest === true && !input.includes('\n', from)
    const end = toEnd ? input.length : this.#findEnd(input, from)
    if (end === endNothing) return undefined
    this.#backward ??= new BackwardDfa(this.#program, this.#alphabet, this.#options)
    const backward = this.#backward
    const start = backward.scan(input, from, end)
    this.steps += backward.steps
    if (start === scanOverflow) return this.#simulate(input, from)
    if (toEnd && start === end) {
      backward.release()
      return undefined
    }
    this.#walk ??= new SpanWalk(this.#program, this.#alphabet, backward, this.#options.wide)
    const slots = this.#walk.walk(input, { start, end }, into)
    backward.release()
    this.steps += this.#walk.steps
    return slots
  }

  #findEnd(input: string, from: number): number {
    this.#matchEnd ??= new MatchEndDfa(this.#program, this.#alphabet, this.#options)
    const end = this.#matchEnd.find(input, from)
    this.steps = this.#matchEnd.steps
    return end
  }

  #simulate(input: string, from: number): Int32Array | undefined {
    this.#pike ??= new PikeVm(this.#program, this.#alphabet, this.#options.wide)
    const slots = this.#pike.run({ input, from })
    this.steps += this.#pike.steps
    return slots
  }
}
