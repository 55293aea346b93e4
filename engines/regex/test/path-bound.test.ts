import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { assertionHolds } from '../src/program/assertion-holds.ts'
import { opAssert, opMatch, opSet, opSplit } from '../src/program/program.ts'
import { contextBefore, readClass } from '../src/program/read-class.ts'
import { pathBound } from '../src/v8/path-bound.ts'
import { compareEngines, type Compared } from './engines.ts'

describe('pathBound', () => {
  it.each(['^foo(bar)?$', 'abc', '^[a-z]+=[0-9]*$', '^\\d{1,3}(?:\\.\\d{1,3}){3}$', 'x(?:ab|cd)'])(
    'proves %j',
    (pattern) => {
      expect(bound(pattern)).toBeLessThanOrEqual(24)
    },
  )

  it.each(['(a+)+$', 'a+b', '\\s*x', '^a*a*$', '^(a|a)*$', '.*x', 'a{0,50}a{0,50}b', '(?:a|b|ab)*c'])(
    'does not prove %j',
    (pattern) => {
      expect(bound(pattern)).toBeUndefined()
    },
  )

  it('bounds the steps of a backtracking search without memory on any input', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '[ab]',
      '[^a]',
      '.',
      '^',
      '$',
      '\\b',
      '(?:a|b)',
      '(?:ab|a)',
      '(?:(?:a|bc)+)',
    )
    const piece = fc
      .tuple(atom, fc.constantFrom('', '', '+', '*', '?', '{1,2}'))
      .map(([one, times]) => (/^[\^$\\]/.test(one) ? one : one + times))
    const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((list) => list.join(''))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 14 })
    let proven = 0
    fc.assert(
      fc.property(
        fc.oneof(
          pattern,
          pattern.map((one) => `^${one}`),
        ),
        text,
        (source, input) => {
          const compared = compareEngines(source, { withoutRe2: true })
          const limit = compared.finders.has('v8')
            ? pathBound(compared.program, compared.alphabet)
            : undefined
          if (limit === undefined) return
          proven += 1
          expect(backtrackingArrivals(compared, input)).toBeLessThanOrEqual(limit * (input.length + 1))
        },
      ),
      { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 2_000) },
    )
    expect(proven).toBeGreaterThan(100)
  })
})

function bound(pattern: string): number | undefined {
  const { program, alphabet } = compareEngines(pattern, { withoutRe2: true })
  return pathBound(program, alphabet)
}

/** How often a backtracking matcher arrives at a character test or a match, over all starts, until it succeeds. */
function backtrackingArrivals({ program, alphabet }: Compared, input: string): number {
  let arrivals = 0
  const run = (pc: number, at: number): boolean => {
    const op = program.op[pc]
    const out = program.out[pc] ?? 0
    const arg = program.arg[pc] ?? 0
    const symbol = readClass(alphabet, false, input, at)
    if (op === opMatch) {
      arrivals += 1
      return true
    }
    if (op === opSet) {
      arrivals += 1
      return alphabet.members[arg * alphabet.size + symbol] === 1 && run(out, at + 1)
    }
    if (op === opSplit) return run(out, at) || run(arg, at)
    if (op === opAssert) {
      return (
        assertionHolds(arg, contextBefore(alphabet, false, input, at), alphabet.context[symbol] ?? 0) &&
        run(out, at)
      )
    }
    return run(out, at)
  }
  for (let start = 0; start <= input.length; start++) if (run(program.start, start)) break
  return arrivals
}
