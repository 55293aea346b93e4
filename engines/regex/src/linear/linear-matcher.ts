import { BackwardDfa, scanOverflow } from './backward-dfa.ts'
import { ForwardDfa } from './forward-dfa.ts'
import { endNothing, MatchEndDfa } from './match-end-dfa.ts'
import { PikeVm } from './pike-vm.ts'
import { SpanWalk } from './span-walk.ts'
import { TaggedDfa } from './tagged-dfa.ts'

import type { Alphabet } from '../program/alphabet.ts'
import type { Program } from '../program/program.ts'
import type { LinearOptions } from './linear-options.ts'

/** After this many inputs in a row without a match, `exec` asks first whether there is one: that takes fewer states. */
const doubtAfter = 8

/**
 * Matches in time linear in the input: an automaton for yes or no, and one that finds captures as well. Where that
 * outgrows its cache: one that finds the end of the match, one that goes back to its start, and a walk between the
 * two; and a simulation without any cache when those outgrow theirs. Parts are built when first needed.
 */
export class LinearMatcher {
  /** Work of the last call: characters read and instructions visited. */
  steps = 0
  readonly #program: Program
  readonly #alphabet: Alphabet
  readonly #options: LinearOptions
  #forward: ForwardDfa | undefined
  #tagged: TaggedDfa | undefined
  #matchEnd: MatchEndDfa | undefined
  #backward: BackwardDfa | undefined
  #walk: SpanWalk | undefined
  #pike: PikeVm | undefined
  #missesInRow = 0

  constructor(program: Program, alphabet: Alphabet, options: LinearOptions) {
    this.#program = program
    this.#alphabet = alphabet
    this.#options = options
  }

  /** Bytes held by automata. */
  get bytes(): number {
    const parts = [this.#forward, this.#tagged, this.#matchEnd, this.#backward]
    return parts.reduce((sum, part) => sum + (part?.bytes ?? 0), 0)
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
    if (this.#missesInRow >= doubtAfter) {
      if (!this.test(input, from)) return undefined
      tested = this.steps
    }
    const slots = this.#captureAtOnce(input, from, into)
    this.#missesInRow = slots === undefined ? this.#missesInRow + 1 : 0
    this.steps += tested
    return slots
  }

  #captureAtOnce(input: string, from: number, into?: Int32Array): Int32Array | undefined {
    const tagged = (this.#tagged ??= new TaggedDfa(this.#program, this.#alphabet, this.#options))
    if (!tagged.isReady()) return this.#capture(input, from, into)
    const slots = into ?? new Int32Array(this.#program.slots)
    const result = tagged.run(input, from, slots)
    this.steps = tagged.steps
    if (result === 'match') return slots
    if (result === 'nothing') return undefined
    const found = this.#capture(input, from, slots)
    this.steps += tagged.steps
    return found
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
