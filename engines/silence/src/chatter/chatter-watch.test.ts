import { describe, expect, it } from 'vitest'
import { learnBaseline, minHistoryMinutes } from './baseline.ts'
import { ChatterWatch, commonFactor } from './chatter-watch.ts'
import type { Quiet } from './chatter-watch.ts'

// A level source of ten events a minute that scatters a little, without randomness.
const level = (length: number): Uint32Array =>
  Uint32Array.from({ length }, (_, minute) => 10 + ((minute * 7) % 5) - 2)
const baseline = learnBaseline({ firstMinute: 0, counts: level(2 * minHistoryMinutes) })

function run(counts: (minute: number) => number, minutes: number, factor = 1): (Quiet | null)[] {
  const watch = new ChatterWatch(baseline)
  return Array.from({ length: minutes }, (_, minute) => watch.observe(minute, counts(minute), factor))
}

describe('learnBaseline', () => {
  it('needs a week', () => {
    expect(() => learnBaseline({ firstMinute: 0, counts: level(minHistoryMinutes - 1) })).toThrow(RangeError)
    expect(() => learnBaseline({ firstMinute: 0, counts: level(minHistoryMinutes) })).not.toThrow()
  })
})

describe('ChatterWatch', () => {
  it('is content with what it expects', () => {
    expect(run((minute) => level(minute + 1)[minute] ?? 0, 600).every((quiet) => quiet === null)).toBe(true)
  })

  it('finds silence within its shortest window', () => {
    const found = run((minute) => (minute < 300 ? 10 : 0), 320).findIndex((quiet) => quiet !== null)
    expect(found).toBeGreaterThanOrEqual(300)
    expect(found).toBeLessThan(305)
  })

  it('finds a drop to three tenths and says what it saw', () => {
    const quiet = run((minute) => (minute < 300 ? 10 : 3), 330).find((each) => each !== null)
    expect(quiet?.observed).toBeLessThan(quiet?.expected ?? 0)
    expect(quiet?.probability).toBeLessThan(1e-5)
  })

  it('does not accuse one source when the whole site is quiet', () => {
    expect(run((minute) => (minute < 300 ? 10 : 1), 330, 0.1).every((quiet) => quiet === null)).toBe(true)
  })

  it('never expects more because others are loud', () => {
    expect(run(() => 10, 300, 50).every((quiet) => quiet === null)).toBe(true)
  })
})

describe('commonFactor', () => {
  const share = (observed: number, expected = 100): { observed: number; expected: number } => ({
    observed,
    expected,
  })
  it('is the median of the others, so that one silent source does not speak for the site', () => {
    expect(commonFactor([share(0), share(100), share(90)])).toBe(0.9)
    expect(commonFactor([share(20), share(30)])).toBe(0.25)
  })
  it('is 1 with fewer than two others that are expected to write', () => {
    expect(commonFactor([share(0)])).toBe(1)
    expect(commonFactor([share(0), share(0, 4)])).toBe(1)
  })
})
