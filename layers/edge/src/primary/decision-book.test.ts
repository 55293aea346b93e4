import type { Decision } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { entriesPerMessage } from '../worker/worker-message.ts'
import { banMessages } from './ban-publisher.ts'
import { DecisionBook } from './decision-book.ts'

function decision(id: number, value: string, change: Partial<Decision> = {}): Decision {
  return {
    id,
    type: 'ban',
    scope: 'ip',
    value,
    duration: '4h',
    until: '2030-01-01T00:00:00Z',
    origin: 'sevenfold',
    scenario: 'many-403',
    ...change,
  }
}

function bookOf(...add: Decision[]): DecisionBook {
  const book = new DecisionBook()
  book.replace({ version: 1, add, remove: [] })
  return book
}

describe('DecisionBook', () => {
  it('keeps a ban as long as one of its decisions holds', () => {
    const later = '2031-01-01T00:00:00Z'
    const book = bookOf(decision(1, '10.0.0.1'), decision(2, '10.0.0.1', { until: later, scenario: 'other' }))
    expect(book.entries()).toMatchObject([{ scenario: 'other', until: Date.parse(later) / 1000 }])
    expect(book.apply({ version: 2, add: [], remove: [2] })?.set).toMatchObject([{ scenario: 'many-403' }])
    expect(book.apply({ version: 3, add: [], remove: [1] })).toMatchObject({ set: [], unset: ['10.0.0.1'] })
  })

  it('puts an allow before every ban', () => {
    const book = bookOf(
      decision(1, '10.0.0.1', { until: '2031-01-01T00:00:00Z' }),
      decision(2, '10.0.0.1', { type: 'allow' }),
    )
    expect(book.entries()).toMatchObject([{ kind: 'allow' }])
  })

  it('takes types that it cannot carry out as bans, and leaves out scopes that it cannot', () => {
    const book = bookOf(
      decision(1, '10.0.0.1', { type: 'captcha' }),
      decision(2, 'ann', { scope: 'username' }),
      decision(3, 'XX', { scope: 'country' }),
      decision(4, '10.0.0.2', { simulated: true }),
      decision(5, '10.2.0.0/16', { scope: 'range' }),
    )
    expect(book.entries().map(({ value, kind }) => [value, kind])).toEqual([
      ['10.0.0.1', 'ban'],
      ['10.2.0.0/16', 'ban'],
    ])
    expect(book.size).toBe(5)
  })

  it('that is full gives up the oldest bans of the network that has most, and no others', () => {
    const limit = 100
    const book = new DecisionBook(limit)
    const others = Array.from({ length: 60 }, (_, i) => decision(i + 1, `10.${i}.0.1`))
    book.replace({ version: 1, add: others, remove: [] })
    const flood = Array.from({ length: 400 }, (_, i) => decision(1000 + i, `192.0.${i >> 8}.${i & 255}`))
    let evicted = 0
    for (const [i, one] of flood.entries()) {
      const change = book.apply({ version: 2 + i, add: [one], remove: [] })
      evicted += change?.evicted ?? 0
      // The ban that came now is in force: it was not the oldest.
      expect(change?.set.map(({ value }) => value)).toContain(one.value)
    }
    const values = new Set(book.entries().map(({ value }) => value))
    expect(values.size).toBeLessThanOrEqual(limit)
    expect(evicted).toBeGreaterThanOrEqual(360)
    expect(others.every(({ value }) => values.has(value))).toBe(true)
    expect(values.has('192.0.1.143')).toBe(true)
  })

  it('that is full keeps what was renewed, and every allow', () => {
    const book = new DecisionBook(4)
    const add = [1, 2, 3, 4].map((n) => decision(n, `192.0.2.${n}`, n === 2 ? { type: 'allow' } : {}))
    book.replace({ version: 1, add, remove: [] })
    book.apply({ version: 2, add: [decision(5, '192.0.2.1')], remove: [] })
    expect(book.apply({ version: 3, add: [decision(6, '192.0.2.6')], remove: [] })).toMatchObject({
      unset: ['192.0.2.3'],
      evicted: 1,
    })
    expect(book.entries().map(({ value }) => value)).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.4',
      '192.0.2.6',
    ])
  })

  it('that is full of single addresses from everywhere gives up the oldest of them', () => {
    const book = new DecisionBook(3)
    const add = [1, 2, 3, 4].map((n) => decision(n, `2001:${n}::1`))
    expect(book.replace({ version: 1, add, remove: [] })).toMatchObject({ evicted: 1 })
    expect(book.entries().map(({ value }) => value)).toEqual(['2001:2::1', '2001:3::1', '2001:4::1'])
  })

  it('refuses a version that does not follow', () => {
    const book = bookOf()
    expect(book.apply({ version: 3, add: [], remove: [] })).toBeNull()
    expect(book.apply({ version: 1, add: [], remove: [] })).toBeNull()
    expect(book.apply({ version: 2, add: [], remove: [] })).not.toBeNull()
  })

  it('replaces a decision that comes again with another value', () => {
    const book = bookOf(decision(1, '10.0.0.1'))
    expect(book.apply({ version: 2, add: [decision(1, '10.0.0.2')], remove: [] })).toMatchObject({
      set: [{ value: '10.0.0.2' }],
      unset: ['10.0.0.1'],
    })
  })

  it('forgets decisions that ended', () => {
    const book = bookOf(decision(1, '10.0.0.1', { until: '2020-01-01T00:00:00Z' }), decision(2, '10.0.0.2'))
    book.expire(Date.parse('2026-01-01T00:00:00Z'))
    expect(book.all().map(({ id }) => id)).toEqual([2])
  })
})

describe('banMessages', () => {
  it('cuts a table into bounded messages, of which only the last completes it', () => {
    const set = bookOf(
      ...Array.from({ length: entriesPerMessage + 1 }, (_, i) => decision(i, `10.${i >>> 8}.${i & 255}.1`)),
    ).entries()
    const messages = banMessages({ reset: true, set, unset: [] }, 9)
    expect(messages.map((m) => m.type === 'bans' && [m.reset, m.set.length, m.last])).toEqual([
      [true, entriesPerMessage, false],
      [false, 1, true],
    ])
  })

  it('makes one message of an empty change', () => {
    expect(banMessages({ reset: true, set: [], unset: [] }, 1)).toMatchObject([{ reset: true, last: true }])
  })
})
