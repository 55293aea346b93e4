import { describe, expect, it } from 'vitest'
import { isPlainQuery, matches } from './matches.ts'

const document = { name: 'ada', stars: 4, approved: true }

describe('matches', () => {
  const cases: readonly (readonly [query: Record<string, unknown>, fits: boolean])[] = [
    [{}, true],
    [{ name: 'ada' }, true],
    [{ name: 'bob' }, false],
    [{ name: { $ne: 'bob' } }, true],
    [{ stars: { $gt: 3, $lt: 5 } }, true],
    [{ stars: { $gt: '3' } }, false],
    [{ name: { $in: ['x', 'ada'] } }, true],
    [{ name: { $in: 'ada' } }, false],
    [{ missing: { $exists: false } }, true],
    [{ name: { $regex: '^a' } }, true],
    [{ stars: { $regex: '4' } }, false],
    [{ name: { $unknown: 1 } }, false],
    [{ name: { constructor: 1 } }, false],
    [{ $where: 'document.stars === 4' }, true],
    [{ $where: 'document.stars === 5' }, false],
  ]
  it.each(cases)('%j: %s', (query, fits) => {
    expect(matches(document, query)).toBe(fits)
  })
})

describe('isPlainQuery', () => {
  it('refuses operators of every kind', () => {
    expect(isPlainQuery({ name: 'ada', approved: null })).toBe(true)
    expect(isPlainQuery({ name: { $ne: '' } })).toBe(false)
    expect(isPlainQuery({ $where: '1' })).toBe(false)
    expect(isPlainQuery({ name: ['ada'] })).toBe(false)
  })
})
