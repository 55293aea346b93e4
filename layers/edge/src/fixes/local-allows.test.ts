import { describe, expect, it } from 'vitest'
import type { BanEntry } from '../ban/ban-table.ts'
import type { AllowFix } from './fix.ts'
import { LocalAllows } from './local-allows.ts'

const ban = (value: string): BanEntry => ({
  value,
  kind: 'ban',
  until: 2_000_000_000,
  decision: 7,
  scenario: 'test',
  origin: 'test',
})
const lift = (value: string, until = '2026-01-02T00:00:00Z'): AllowFix => ({
  id: `fix-${value}`,
  request: 'r',
  created: '2026-01-01T00:00:00Z',
  actor: 'a',
  reason: 'b',
  kind: 'allow',
  value,
  until,
})
const kinds = (entries: readonly BanEntry[]): string[] => entries.map(({ value, kind }) => `${kind} ${value}`)

describe('LocalAllows', () => {
  it('changes nothing while there are none', () => {
    const change = { reset: true, set: [ban('a')], unset: ['b'] }
    expect(new LocalAllows().over(change)).toBe(change)
  })

  it('hides what the stream says of an address, and gives it back at the end', () => {
    const allows = new LocalAllows()
    expect(kinds(allows.use([lift('a')], () => [ban('a'), ban('b')]).set)).toEqual(['allow a'])
    expect(allows.over({ reset: false, set: [ban('a'), ban('c')], unset: ['a', 'd'] })).toEqual({
      reset: false,
      set: [ban('c')],
      unset: ['d'],
    })
    expect(allows.use([], () => [ban('a'), ban('b')])).toEqual({ reset: false, set: [ban('a')], unset: [] })
  })

  it('takes an address out whose ban ended meanwhile', () => {
    const allows = new LocalAllows()
    allows.use([lift('a')], () => [])
    expect(allows.use([], () => [])).toEqual({ reset: false, set: [], unset: ['a'] })
  })

  it('stands in every snapshot', () => {
    const allows = new LocalAllows()
    allows.use([lift('a')], () => [])
    expect(kinds(allows.over({ reset: true, set: [ban('a'), ban('b')], unset: [] }).set)).toEqual([
      'ban b',
      'allow a',
    ])
  })

  it('lets the longest of two for one address count', () => {
    const { set } = new LocalAllows().use([lift('a', '2026-01-03T00:00:00Z'), lift('a')], () => [])
    expect(set.map(({ until }) => until)).toEqual([Date.parse('2026-01-03T00:00:00Z') / 1000])
  })
})
