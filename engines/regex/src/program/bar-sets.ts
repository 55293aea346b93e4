import { intersectSet, negateSet, setHas, unionSet, type CharSet } from '../charset/char-set.ts'
import { RegexError } from '../error.ts'
import {
  assertFinalEnd,
  assertLineEnd,
  assertTextEnd,
  opAssert,
  opBar,
  opMatch,
  opSet,
  opSplit,
  type Program,
} from './program.ts'

/** Most instructions that barring may make of one. */
export const maxBarGrowth = 8

const newline = 0x0a
const nothing = ''

/**
 * Takes the bars out of a program: `S*+` is `S*` behind which no character of S may come next. Each instruction that can
 * be reached from a bar before anything is consumed is copied, with what it may consume made smaller by the barred set;
 * at the end of a line that set may hold, only the end of the input remains. Order, and with it the leftmost-first
 * match, stays. Throws RegexError `REGEX_LIMIT` when the copies become too many.
 */
export function takeOutBars(program: Program): Program {
  return program.op.includes(opBar) ? new BarRemoval(program).run() : program
}

class BarRemoval {
  readonly #program: Program
  readonly #op: number[] = []
  readonly #out: number[] = []
  readonly #arg: number[] = []
  readonly #sets: CharSet[] = []
  readonly #setNumbers = new Map<string, number>()
  /** Copies by instruction and barred set. */
  readonly #copies = new Map<string, number>()
  readonly #barred = new Map<string, CharSet>([[nothing, []]])
  readonly #open: { readonly from: number; readonly bar: string; readonly to: number }[] = []
  #assertions = 0

  constructor(program: Program) {
    this.#program = program
  }

  run(): Program {
    const { slots } = this.#program
    // The end of a match is one instruction, and the first, in every program.
    this.#copyOf(0, nothing)
    const start = this.#copyOf(this.#program.start, nothing)
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) this.#fill(next)
    return {
      length: this.#op.length,
      start,
      op: Uint8Array.from(this.#op),
      out: Int32Array.from(this.#out),
      arg: Int32Array.from(this.#arg),
      sets: this.#sets,
      assertions: this.#assertions,
      slots,
    }
  }

  /** The number of the copy of an instruction behind a bar; bars themselves have none. */
  #copyOf(instruction: number, bar: string): number {
    let from = instruction
    let key = bar
    while (this.#program.op[from] === opBar) {
      key = this.#with(key, this.#program.sets[this.#program.arg[from] ?? 0] ?? [])
      from = this.#program.out[from] ?? 0
    }
    // Nothing comes next there, so no bar matters.
    if (this.#program.op[from] === opMatch) key = nothing
    const name = `${from}:${key}`
    const known = this.#copies.get(name)
    if (known !== undefined) return known
    const to = this.#op.length
    if (to >= this.#program.length * maxBarGrowth) {
      throw new RegexError('REGEX_LIMIT', 'possessive repeats make the pattern too large', {
        offset: 0,
        hint: 'use ordinary repeats; a linear-time engine needs no protection from backtracking',
      })
    }
    this.#copies.set(name, to)
    this.#op.push(opMatch)
    this.#out.push(0)
    this.#arg.push(0)
    this.#open.push({ from, bar: key, to })
    return to
  }

  #with(bar: string, set: CharSet): string {
    const both = unionSet(this.#barred.get(bar) ?? [], set)
    const key = both.join()
    this.#barred.set(key, both)
    return key
  }

  #fill({ from, bar, to }: { readonly from: number; readonly bar: string; readonly to: number }): void {
    const { op, out, arg, sets } = this.#program
    const code = op[from] ?? opMatch
    const barred = this.#barred.get(bar) ?? []
    let value = arg[from] ?? 0
    if (code === opSet) value = this.#setNumber(without(sets[value] ?? [], barred))
    else if (code === opAssert) {
      if ((value === assertLineEnd || value === assertFinalEnd) && setHas(barred, newline))
        value = assertTextEnd
      this.#assertions |= 1 << value
    } else if (code === opSplit) value = this.#copyOf(value, bar)
    this.#op[to] = code
    this.#arg[to] = value
    if (code !== opMatch) this.#out[to] = this.#copyOf(out[from] ?? 0, code === opSet ? nothing : bar)
  }

  #setNumber(set: CharSet): number {
    const key = set.join()
    const known = this.#setNumbers.get(key)
    if (known !== undefined) return known
    const number = this.#sets.push(set) - 1
    this.#setNumbers.set(key, number)
    return number
  }
}

function without(set: CharSet, barred: CharSet): CharSet {
  return barred.length === 0 ? set : intersectSet(set, negateSet(barred, 0x10ffff))
}
