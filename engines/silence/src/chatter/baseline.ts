import { learnSeason } from './season.ts'
import type { Season } from './season.ts'

/** Window lengths in minutes; short ones find a loud source's silence, long ones a quiet one's. */
export const windowMinutes = [5, 15, 30, 60, 120, 240] as const

/** What a source is expected to write, and how much its counts scatter. */
export interface Baseline {
  readonly season: Season
  /** Size of the negative binomial for each window of `windowMinutes`; smaller scatters more. */
  readonly sizes: readonly number[]
}

/** Counts for each minute, the first of which starts `firstMinute` minutes after a Monday 00:00 UTC. */
export interface MinuteCounts {
  readonly firstMinute: number
  readonly counts: ArrayLike<number>
}

/** Least history that a baseline can be learnt from, in minutes: one week. */
export const minHistoryMinutes = 10_080

const smallestSize = 0.2
const largestSize = 1e6

function hoursOf(
  { firstMinute, counts }: MinuteCounts,
  from: number,
  to: number,
): { hour: number; count: number }[] {
  const hours: { hour: number; count: number }[] = []
  for (let start = from; start + 60 <= to; start += 60) {
    let count = 0
    for (let minute = start; minute < start + 60; minute += 1) count += counts[minute] ?? 0
    hours.push({ hour: Math.floor((firstMinute + start) / 60), count })
  }
  return hours
}

interface Judged {
  readonly history: MinuteCounts
  readonly season: Season
  readonly from: number
  readonly to: number
}

/** Scatter of window sums around a season that did not see them: noise and errors of the season together. */
function excess(
  { history, season, from, to }: Judged,
  minutes: number,
): { squared: number; expected: number } {
  let squared = 0
  let expectedSquares = 0
  for (let start = from; start + minutes <= to; start += minutes) {
    let sum = 0
    let expected = 0
    for (let minute = start; minute < start + minutes; minute += 1) {
      sum += history.counts[minute] ?? 0
      expected += season.perMinute(history.firstMinute + minute)
    }
    squared += (sum - expected) ** 2 - expected
    expectedSquares += expected * expected
  }
  return { squared, expected: expectedSquares }
}

/**
 * Learns a baseline from at least a week of counts. The scatter is measured on halves of the history that the season of
 * the other half predicts: judged on what it has learnt from, a season looks better than it is, and the difference would
 * come out as false alarms.
 * @throws RangeError for less than `minHistoryMinutes`.
 */
export function learnBaseline(history: MinuteCounts): Baseline {
  const length = history.counts.length
  if (length < minHistoryMinutes)
    throw new RangeError(`a baseline needs ${minHistoryMinutes} minutes of history, not ${length}`)
  const middle = Math.floor(length / 120) * 60
  const season = learnSeason(hoursOf(history, 0, length))
  const halves: Judged[] =
    length < 2 * minHistoryMinutes
      ? [{ history, season, from: 0, to: length }]
      : [
          { history, season: learnSeason(hoursOf(history, 0, middle)), from: middle, to: length },
          { history, season: learnSeason(hoursOf(history, middle, length)), from: 0, to: middle },
        ]
  const sizes = windowMinutes.map((minutes) => {
    const sums = halves.map((half) => excess(half, minutes))
    const squared = sums.reduce((sum, part) => sum + part.squared, 0)
    const expected = sums.reduce((sum, part) => sum + part.expected, 0)
    return Math.min(largestSize, Math.max(smallestSize, expected / Math.max(squared, 1e-9)))
  })
  return { season, sizes }
}
