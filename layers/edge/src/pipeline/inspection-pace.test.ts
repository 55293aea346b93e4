import { describe, expect, it } from 'vitest'
import { InspectionPace } from './inspection-pace.ts'

describe('InspectionPace', () => {
  it('lets the first ten milliseconds of work pass without waiting', () => {
    const pace = new InspectionPace()
    expect(pace.charge('a', 10, 0)).toBe(0)
    expect(pace.charge('a', 1, 0)).toBe(4)
  })

  it('gives a client about a quarter of the time when it never stops', () => {
    const pace = new InspectionPace()
    let now = 0
    let worked = 0
    while (now < 10_000) {
      now += 2
      worked += 2
      now += pace.charge('a', 2, now)
    }
    expect(worked / now).toBeGreaterThan(0.2)
    expect(worked / now).toBeLessThan(0.3)
  })

  it('charges all connections of a client together, and no other client', () => {
    const pace = new InspectionPace()
    for (let n = 0; n < 20; n++) pace.charge('a', 2, 0)
    expect(pace.charge('a', 2, 0)).toBeGreaterThan(0)
    expect(pace.charge('b', 2, 0)).toBe(0)
  })

  it('never makes a slice wait longer than 50 ms, whatever was owed', () => {
    const pace = new InspectionPace()
    for (let n = 0; n < 1000; n++) expect(pace.charge('a', 100, 0)).toBeLessThanOrEqual(50)
    // What was owed beyond that is forgiven.
    expect(pace.charge('a', 1, 100)).toBe(0)
  })

  it('forgets clients that owe nothing, and all of them rather than growing', () => {
    const pace = new InspectionPace()
    for (let n = 0; n < 10_000; n++) pace.charge(`idle-${n}`, 1, 0)
    expect(pace.charge('busy', 11, 1000)).toBe(4)
    for (let n = 0; n < 30_000; n++) pace.charge(`flood-${n}`, 1000, 1000)
    expect(pace.charge('later', 10, 1000)).toBe(0)
  })
})
