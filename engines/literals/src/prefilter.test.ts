import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { buildPrefilter } from './prefilter.ts'

import type { PatternNeeds } from './needs-plan.ts'

function candidates(needs: readonly PatternNeeds[], input: string, range = {}): number[] {
  const filter = buildPrefilter(needs)
  const sink = new Uint32Array(filter.words).fill(0xffffffff)
  filter.candidates(input, sink, range)
  return needs.map((_, n) => n).filter((n) => (((sink[n >> 5] ?? 0) >>> (n & 31)) & 1) === 1)
}

function bytes(text: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const unit of text) table[unit.charCodeAt(0)] = 1
  return table
}

describe('buildPrefilter', () => {
  it('names a pattern only when a literal of its first clause is in the input', () => {
    const needs = [{ clauses: [['union', 'join'], ['select']] }, { clauses: [['script']] }]
    expect(candidates(needs, 'UNION all SELECT')).toEqual([0])
    expect(candidates(needs, 'select only')).toEqual([])
    expect(candidates(needs, 'a <Script>')).toEqual([1])
  })

  it('always names a pattern of which nothing is known', () => {
    const filter = buildPrefilter([{ clauses: [] }, { clauses: [['x1']] }])
    expect(filter.unfiltered).toBe(1)
    expect(candidates([{ clauses: [] }], '')).toEqual([0])
  })

  it('works without patterns and without literals', () => {
    expect(candidates([], 'abc')).toEqual([])
    expect(candidates([{ clauses: [[]] }, { clauses: [['']] }], 'abc')).toEqual([0, 1])
  })

  it('asks for a byte of the class when there are no literals', () => {
    const needs = [{ clauses: [], bytes: bytes('<(') }]
    expect(candidates(needs, 'a(b')).toEqual([0])
    expect(candidates(needs, 'ab')).toEqual([])
  })

  it('treats clauses of single units as byte classes, in both cases', () => {
    const needs = [{ clauses: [['a', '<'], ['script']] }, { clauses: [['z']] }]
    expect(candidates(needs, 'Ascript')).toEqual([0])
    expect(candidates(needs, 'script')).toEqual([])
    expect(candidates(needs, 'Z')).toEqual([1])
    expect(candidates([{ clauses: [['k']] }], 'K')).toEqual([0])
  })

  it('goes on with literals when the byte classes are used up', () => {
    const needs = Array.from({ length: 40 }, (_, n) => ({ clauses: [[String.fromCharCode(0x80 + n)]] }))
    expect(candidates(needs, '\x81\xa6')).toEqual([1, 38])
  })

  it('names no pattern whose shortest match is longer than the input', () => {
    const needs = [
      { clauses: [['ab']], minLength: 5 },
      { clauses: [], minLength: 3 },
    ]
    expect(candidates(needs, 'abab')).toEqual([1])
    expect(candidates(needs, 'ababa')).toEqual([0, 1])
    expect(candidates(needs, 'ab')).toEqual([])
  })

  it('looks only inside the range', () => {
    const needs = [{ clauses: [['abc']] }]
    expect(candidates(needs, 'xxabc', { from: 3 })).toEqual([])
    expect(candidates(needs, 'xxabc', { from: 2 })).toEqual([0])
  })

  it('starts every scan afresh', () => {
    const filter = buildPrefilter([{ clauses: [['aa'], ['bb']] }])
    const sink = new Uint32Array(1)
    filter.candidates('aa', sink)
    filter.candidates('bb', sink)
    expect(sink[0]).toBe(0)
  })

  it('keeps only the byte classes that spare most, and loses nothing for the others', () => {
    const needs = Array.from({ length: 80 }, (_, n) => ({
      clauses: [[String.fromCharCode(0x80 + n), '<'], ['ab']],
    }))
    expect(candidates(needs, 'ab \x81')).toContain(1)
    expect(candidates(needs, 'ab <')).toHaveLength(80)
  })

  it('cuts long literals, and still finds what holds them', () => {
    expect(candidates([{ clauses: [['information_schema']] }], 'x INFORMATION_SCHEMA')).toEqual([0])
    expect(candidates([{ clauses: [['information_schema']] }], 'nothing')).toEqual([])
  })

  it('never loses a pattern whose needs the input meets, for any needs and inputs', () => {
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '<'), minLength: 1, maxLength: 9 })
    const need = fc.record({
      clauses: fc.array(fc.array(literal, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
      minLength: fc.integer({ min: 0, max: 6 }),
      bytes: fc.constantFrom(undefined, bytes('<>'), bytes('abc')),
    })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'B', ' ', '<'), maxLength: 20 })
    fc.assert(
      fc.property(fc.array(need, { minLength: 1, maxLength: 60 }), text, (needs, input) => {
        const lower = input.toLowerCase()
        const named = new Set(candidates(needs, input))
        for (const [n, { clauses, minLength, bytes: members }] of needs.entries()) {
          const met =
            input.length >= minLength &&
            clauses.every((clause) => clause.some((one) => lower.includes(one.toLowerCase()))) &&
            (members === undefined || input.split('').some((unit) => members[unit.charCodeAt(0)] === 1))
          if (met) expect(named).toContain(n)
          if (input.length < minLength) expect(named).not.toContain(n)
        }
      }),
      { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 500) },
    )
  })
})
