import { describe, expect, it } from 'vitest'
import { learnSeason } from './season.ts'

const weeks = (count: number, of: (hour: number) => number): { hour: number; count: number }[] =>
  Array.from({ length: count * 168 }, (_, hour) => ({ hour, count: of(hour) }))

describe('learnSeason', () => {
  it('learns a level rate', () => {
    const season = learnSeason(weeks(2, () => 60))
    for (const minute of [0, 59, 5000, 10_079, 10_080]) expect(season.perMinute(minute)).toBeCloseTo(1, 6)
  })

  it('learns days and hours, with a step at midnight and a slope within the day', () => {
    const season = learnSeason(
      weeks(2, (hour) => (Math.floor((hour % 168) / 24) >= 5 ? 60 : 120) * (hour % 24 >= 12 ? 2 : 1)),
    )
    expect(season.perMinute(6 * 60)).toBeCloseTo(2, 1)
    expect(season.perMinute(18 * 60)).toBeCloseTo(4, 1)
    expect(season.perMinute((5 * 24 + 18) * 60)).toBeCloseTo(2, 1)
    expect(season.perMinute(12 * 60)).toBeCloseTo(3, 1)
  })

  it('keeps an hour of the week that differs from its day and hour, once it has proved it', () => {
    const backup = (hour: number): number => (hour % 168 === 50 ? 6000 : 60)
    expect(learnSeason(weeks(4, backup)).perMinute(50 * 60 + 30)).toBeGreaterThan(40)
  })

  it('expects nothing from a source that never wrote', () => {
    expect(learnSeason(weeks(1, () => 0)).perMinute(100)).toBe(0)
    expect(learnSeason([]).perMinute(100)).toBe(0)
  })
})
