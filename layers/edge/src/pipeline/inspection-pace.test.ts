import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InspectionPace, freeMs, payer } from './inspection-pace.ts'

/** A pace on which another client works all the time, so that nobody has the worker for itself. */
function shared(pace: InspectionPace, now: number): void {
  pace.charge('other', 0, now)
}

describe('InspectionPace', () => {
  it('lets the first ten milliseconds of work pass without waiting', () => {
    const pace = new InspectionPace()
    shared(pace, 0)
    pace.charge('a', freeMs, 0)
    expect(pace.restMs('a', 0)).toBe(0)
    expect(pace.isHeavy('a', 0)).toBe(false)
    pace.charge('a', 1, 0)
    expect(pace.restMs('a', 0)).toBe(16)
    expect(pace.isHeavy('a', 0)).toBe(true)
  })

  it('gives a client about a sixteenth of the time when it never stops', () => {
    const pace = new InspectionPace()
    let now = 0
    let worked = 0
    while (now < 10_000) {
      shared(pace, now)
      now += 2
      worked += 2
      pace.charge('a', 2, now)
      now += pace.restMs('a', now)
    }
    expect(worked / now).toBeGreaterThan(0.05)
    expect(worked / now).toBeLessThan(0.08)
  })

  it('lets a client work on while nobody else is there, and ends that when somebody comes', () => {
    const pace = new InspectionPace()
    for (let now = 0; now < 3000; now += 2) {
      pace.charge('a', 2, now)
      expect(pace.restMs('a', now)).toBe(0)
    }
    pace.charge('b', 1, 3000)
    expect(pace.restMs('a', 3000)).toBeGreaterThan(0)
    expect(pace.restMs('a', 3000)).toBeLessThanOrEqual(50)
    for (let now = 3000; now < 4002; now += 2) pace.charge('a', 2, now)
    expect(pace.restMs('a', 4000)).toBeGreaterThan(0)
    expect(pace.restMs('a', 4002)).toBe(0)
  })

  it('charges all connections of a client together, and no other client', () => {
    const pace = new InspectionPace()
    for (let n = 0; n < 20; n++) pace.charge('a', 2, 0)
    pace.charge('b', 2, 0)
    expect(pace.restMs('a', 0)).toBeGreaterThan(0)
    expect(pace.restMs('b', 0)).toBe(0)
  })

  it('never makes a slice wait longer than 50 ms, whatever was owed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(500), fc.nat(100))), (work) => {
        const pace = new InspectionPace()
        let now = 0
        for (const [ms, passed] of work) {
          now += passed
          shared(pace, now)
          pace.charge('a', ms, now)
          expect(pace.restMs('a', now)).toBeLessThanOrEqual(50)
          expect(pace.restMs('a', now + 50)).toBe(0)
        }
      }),
    )
  })

  it('knows whose work most of the work was, and forgets it', () => {
    const pace = new InspectionPace()
    expect(pace.heavyShare(0)).toBe(0)
    for (let n = 0; n < 10; n++) pace.charge(`light-${n}`, 2, 0)
    expect(pace.heavyShare(0)).toBe(0)
    for (let n = 0; n < 50; n++) pace.charge('heavy', 2, 0)
    expect(pace.heavyShare(0)).toBeGreaterThan(0.7)
    for (let n = 0; n < 10; n++) pace.charge(`light-${n}`, 3, 3000)
    expect(pace.heavyShare(3000)).toBeLessThan(0.2)
    expect(pace.heavyShare(20_000)).toBe(0)
  })

  it('forgets clients that owe nothing, and all of them rather than growing', () => {
    const pace = new InspectionPace()
    for (let n = 0; n < 10_000; n++) pace.charge(`idle-${n}`, 1, 0)
    pace.charge('busy', 11, 1000)
    expect(pace.isHeavy('busy', 1000)).toBe(true)
    for (let n = 0; n < 30_000; n++) pace.charge(`flood-${n}`, 1000, 1000)
    pace.charge('later', 10, 1000)
    expect(pace.isHeavy('later', 1000)).toBe(false)
  })
})

describe('who pays', () => {
  it.each([
    ['192.0.2.1', '192.0.2.2', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['2001:db8::1', '2001:db8::ffff:1', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['2001:db8::1', '192.0.2.1', false],
  ])('%s and %s: the same is %s', (one, other, same) => {
    expect(payer(one) === payer(other)).toBe(same)
  })
})
