import { describe, expect, it } from 'vitest'
import { ExpiryWatch } from './expiry-watch.ts'

const day = 86_400_000
const until = Date.parse('2026-12-31T00:00:00.000Z')
const expiry = { certificates: '2026-12-31T00:00:00.000Z' }

describe('ExpiryWatch', () => {
  for (const [days, before] of [
    [30, 30],
    [7, 7],
    [1, 1],
  ] as const) {
    it(`tells of an end ${days} days before it and not a moment earlier`, () => {
      const watch = new ExpiryWatch()
      const earlier = watch.observe('a', expiry, until - before * day - 1)
      expect(earlier.map((near) => near.days)).not.toContain(days)
      expect(watch.observe('a', expiry, until - before * day)).toEqual([
        { what: 'certificates', days, untilMs: until },
      ])
    })
  }
  it('tells of each step once, and of what has ended already', () => {
    const watch = new ExpiryWatch()
    const times = [31, 29, 28, 7, 6, 1, 0, -5].map(
      (left) => watch.observe('a', expiry, until - left * day).length,
    )
    expect(times).toEqual([0, 1, 0, 1, 0, 1, 0, 0])
  })
  it('begins anew when the thing was renewed, and keeps what it told over a restart', () => {
    const watch = new ExpiryWatch()
    watch.observe('a', expiry, until - 5 * day)
    const other = new ExpiryWatch()
    other.restore(watch.dump())
    expect(other.observe('a', expiry, until - 5 * day)).toEqual([])
    other.observe('a', { certificates: '2027-12-31T00:00:00.000Z' }, until - 5 * day)
    expect(other.observe('a', expiry, until - 5 * day)).toHaveLength(1)
  })
  it('passes over what is no time', () => {
    expect(new ExpiryWatch().observe('a', { keys: 'soon', feeds: undefined }, 0)).toEqual([])
  })
})
