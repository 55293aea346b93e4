import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { buildAutomaton, type Automaton, type AutomatonOptions } from './automaton.ts'
import { LiteralsError } from './error.ts'

/** Numbers of the literals that the automaton reports anywhere in a text. */
function reported(automaton: Automaton, text: string): number[] {
  const { classes, classMask, shift, table, firstHit, hitStarts, hits } = automaton
  const found = new Set<number>()
  let state = 0
  for (let at = 0; at < text.length; at++) {
    state = table[(state << shift) | (classes[text.charCodeAt(at) & classMask] ?? 0)] ?? 0
    if (state < firstHit) continue
    const ending = state - firstHit
    for (const number of hits.subarray(hitStarts[ending], hitStarts[ending + 1])) found.add(number)
  }
  return [...found].toSorted((left, right) => left - right)
}

function contained(literals: readonly string[], text: string): number[] {
  return literals.flatMap((literal, number) => (text.includes(literal) ? [number] : []))
}

const literals = fc.array(fc.stringMatching(/^[ab(\u00e9]{1,4}$/), { minLength: 1, maxLength: 10 })
const text = fc.stringMatching(/^[abc(\u00e9]{0,24}$/)

describe('buildAutomaton', () => {
  it('reports exactly the literals that are in a text, for any literals', () => {
    fc.assert(
      fc.property(literals, text, (some, input) => {
        expect(reported(buildAutomaton(some), input)).toEqual(contained(some, input))
      }),
    )
  })

  it('never misses a literal when characters share classes', () => {
    fc.assert(
      fc.property(literals, text, (some, input) => {
        const found = reported(buildAutomaton(some, { maxClasses: 3 }), input)
        expect(found).toEqual(expect.arrayContaining(contained(some, input)))
      }),
    )
  })

  it('lets the rarest characters share a class above the limit, and says so', () => {
    const four = ['aaaa', 'bbb', 'cc', 'd']
    expect(buildAutomaton(four, { maxClasses: 5 }).merged).toBe(false)
    const merged = buildAutomaton(four, { maxClasses: 4 })
    expect(merged.merged).toBe(true)
    // c and d are one class now: what is reported for the other is to be looked at again.
    expect(reported(merged, 'dd')).toEqual([2, 3])
    expect(reported(merged, 'bbb')).toEqual([1])
  })

  it('lists the literals that end in a state with the longest first', () => {
    const { hits } = buildAutomaton(['c', 'abc', 'bc'])
    // States of c, bc and abc, in the order of their depth.
    expect([...hits]).toEqual([0, 2, 0, 1, 2, 0])
  })

  it.each([
    [65_535, Uint16Array],
    [65_536, Uint16Array],
    [65_537, Int32Array],
  ])('of %i states has a table that holds their numbers', (states, type) => {
    // All words of three of 40 characters: 65,641 states with the root. The last 80 take two more states with them.
    const kinds = Array.from({ length: 40 }, (_, n) => String.fromCharCode(0x30 + n))
    const words = kinds.flatMap((a) => kinds.flatMap((b) => kinds.map((c) => a + b + c)))
    const automaton = buildAutomaton(words.slice(0, words.length - (65_639 - states)))
    expect(automaton.stateCount).toBe(states)
    expect(automaton.table).toBeInstanceOf(type)
    expect(reported(automaton, '0AB')).toEqual([words.indexOf('0AB')])
  })

  it('refuses tables above the limit and takes those at it', () => {
    const options = (maxTableBytes: number): AutomatonOptions => ({ limits: { maxTableBytes } })
    // Four states of four classes, two bytes each.
    expect(buildAutomaton(['abc'], options(32)).stateCount).toBe(4)
    expect(() => buildAutomaton(['abc'], options(31))).toThrow(LiteralsError)
  })

  it('of nothing reports nothing', () => {
    expect(reported(buildAutomaton([]), 'anything')).toEqual([])
  })
})
