import { describe, expect, it } from 'vitest'

import { maxByteClasses } from './class-flags.ts'
import { planNeeds, type PatternNeeds } from './needs-plan.ts'

function bytes(members: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const member of members) table[member.charCodeAt(0)] = 1
  return table
}

/** Members of a class, as text. */
function membersOf(table: Uint8Array): string {
  return Array.from({ length: 256 }, (_, unit) => (table[unit] === 1 ? String.fromCharCode(unit) : '')).join(
    '',
  )
}

describe('what is looked for of the needs of a pattern', () => {
  const cases: readonly (readonly [string, PatternNeeds, readonly string[], readonly string[]])[] = [
    [
      'the first clause of longer literals',
      { clauses: [['select', 'insert'], ['from']] },
      ['select', 'insert'],
      [],
    ],
    ['single units as a class', { clauses: [['<', '>'], ['script']] }, ['script'], ['<>']],
    ['letters of a class in both cases', { clauses: [['k', '1']] }, [], ['1Kk']],
    ['no more than six characters of a literal', { clauses: [['information_schema']] }, ['inform'], []],
    ['literals without their case', { clauses: [['SeLeCt']] }, ['select'], []],
    ['each beginning once', { clauses: [['sleep(1)', 'sleep(2)']] }, ['sleep('], []],
    ['bytes besides literals', { clauses: [['select']], bytes: bytes('(') }, ['select'], ['(']],
    ['bytes alone', { clauses: [], bytes: bytes('([') }, [], ['([']],
    ['nothing of an empty clause', { clauses: [[], ['from']] }, ['from'], []],
    ['nothing of a clause with the empty literal', { clauses: [['', 'a'], ['from']] }, ['from'], []],
    ['nothing at all', { clauses: [] }, [], []],
    ['a clause of a unit above bytes as literals', { clauses: [['\u20ac']] }, ['\u20ac'], []],
    ['a clause of units and longer literals as literals', { clauses: [['a', 'bc']] }, ['a', 'bc'], []],
  ]
  it.each(cases)('is %s', (_, needs, literals, classes) => {
    const plan = planNeeds([needs])
    expect(plan.literals).toEqual(literals)
    expect(plan.byteClasses.map(membersOf)).toEqual(classes)
    expect(plan.hasLiterals).toEqual([literals.length > 0])
    expect(plan.unfiltered).toBe(literals.length + classes.length === 0 ? 1 : 0)
  })
})

describe('a plan of many patterns', () => {
  it('shares literals and classes', () => {
    const plan = planNeeds([
      { clauses: [['select']], bytes: bytes('<') },
      { clauses: [['SELECT', 'union']] },
      { clauses: [['<']] },
    ])
    expect(plan.literals).toEqual(['select', 'union'])
    expect(plan.patternsOfLiteral).toEqual([[0, 1], [1]])
    expect(plan.byteClasses.map(membersOf)).toEqual(['<'])
    expect([...plan.flags]).toEqual([1, 0, 1])
  })

  it.each([maxByteClasses - 1, maxByteClasses, maxByteClasses + 1, 3 * maxByteClasses])(
    'of %i different classes takes at most as many as a scan can report, and loses no pattern',
    (count) => {
      const needs = Array.from({ length: count }, (_, n) => ({ clauses: [[String.fromCharCode(0x80 + n)]] }))
      const plan = planNeeds(needs)
      expect(plan.byteClasses).toHaveLength(Math.min(count, maxByteClasses))
      const byClass = [...plan.flags].filter((flags) => flags !== 0).length
      const byLiteral = plan.hasLiterals.filter(Boolean).length
      expect(byClass + byLiteral).toBe(count)
      expect(plan.unfiltered).toBe(0)
    },
  )

  it('prefers classes that rule out more patterns of ordinary text', () => {
    const rare = Array.from({ length: 40 }, (_, n) => ({
      clauses: [],
      bytes: bytes(String.fromCharCode(0x80 + n)),
    }))
    const letters = Array.from({ length: 40 }, (_, n) => ({
      clauses: [],
      bytes: bytes(String.fromCharCode(0x61 + (n % 26), 0x30 + (n % 10))),
    }))
    const chosen = planNeeds([...letters, ...rare]).byteClasses.map(membersOf)
    expect(chosen.filter((members) => members >= '\x80')).toHaveLength(maxByteClasses)
  })

  it.each([0, 1, 31, 32, 33, 64, 65])('has a word of a sink for each 32 of %i patterns', (count) => {
    const plan = planNeeds(Array.from({ length: count }, () => ({ clauses: [] })))
    expect({ count: plan.count, words: plan.words, unfiltered: plan.unfiltered }).toEqual({
      count,
      words: Math.ceil(count / 32),
      unfiltered: count,
    })
  })

  it('keeps shortest lengths, 0 where none is known', () => {
    const lengths = planNeeds([{ clauses: [], minLength: 7 }, { clauses: [] }, { clauses: [], minLength: 0 }])
    expect([...lengths.minLength]).toEqual([7, 0, 0])
  })
})
