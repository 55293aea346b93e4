import { describe, expect, it } from 'vitest'
import { Offenders, maxOffenders, offenceMemoryMs } from './offenders.ts'
import type { OffenceRecord } from './offenders.ts'

const escalation = { factor: 2, maxMs: 100, nowMs: 0 }

describe('the memory of offences', () => {
  it('lengthens each further ban, up to a limit', () => {
    const offenders = new Offenders(() => undefined)
    const lengths = Array.from({ length: 6 }, () => {
      const length = offenders.durationMs('a', 10, escalation)
      offenders.note('a', 0)
      return length
    })
    expect(lengths).toEqual([10, 20, 40, 80, 100, 100])
    expect(offenders.durationMs('b', 10, escalation)).toBe(10)
    expect(offenders.durationMs('a', 200, escalation)).toBe(200)
    expect(offenders.durationMs('a', 10, { ...escalation, factor: 1 })).toBe(10)
  })

  it('fades, and is taken back with a ban that was a mistake', () => {
    const offenders = new Offenders(() => undefined)
    offenders.note('a', 0)
    expect(offenders.count('a', offenceMemoryMs)).toBe(1)
    expect(offenders.count('a', offenceMemoryMs + 1)).toBe(0)
    offenders.forgive('a')
    expect(offenders.count('a', 0)).toBe(0)
  })

  it('comes back from its records', () => {
    const written: OffenceRecord[] = []
    const offenders = new Offenders((record) => void written.push(record))
    for (const value of ['a', 'b', 'a', 'c']) offenders.note(value, 5)
    offenders.forgive('c')
    offenders.forgive('never seen')
    for (const records of [written, offenders.records()]) {
      const again = new Offenders(() => undefined, records)
      expect(['a', 'b', 'c'].map((value) => again.count(value, 5))).toEqual([2, 1, 0])
    }
  })

  it('is bounded', () => {
    const offenders = new Offenders(() => undefined)
    for (let i = 0; i <= maxOffenders; i += 1) offenders.note(`v${i}`, 0)
    expect([offenders.count('v0', 0), offenders.count(`v${maxOffenders}`, 0)]).toEqual([0, 1])
    expect(offenders.records()).toHaveLength(maxOffenders)
  })
})
