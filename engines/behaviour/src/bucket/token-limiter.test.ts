import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { takeToken } from './token-limiter.ts'

const shape = { capacity: 3, leakSpeedMs: 1_000 }

/** Whether each event of these times finds a token. */
function taken(times: readonly number[], own = shape): readonly boolean[] {
  const state = { tokens: own.capacity, lastMs: times[0] ?? 0 }
  return times.map((ms) => takeToken(state, own, ms))
}

describe('takeToken', () => {
  const rows: readonly (readonly [name: string, times: readonly number[], results: readonly boolean[]])[] = [
    ['gives as many at once as there is room', [0, 0, 0, 0], [true, true, true, false]],
    ['gives one more each interval', [0, 0, 0, 1_000, 1_000], [true, true, true, true, false]],
    ['gives none a little early', [0, 0, 0, 999], [true, true, true, false]],
    [
      'never holds more than the capacity',
      [0, 60_000, 60_000, 60_000, 60_000],
      [true, true, true, true, false],
    ],
    [
      'gains nothing by time that runs backwards',
      [5_000, 5_000, 5_000, 0, 1_000],
      [true, true, true, false, true],
    ],
  ]
  it.each(rows)('%s', (_name, times, results) => {
    expect(taken(times)).toEqual(results)
  })

  it('takes less than a nanosecond of a token for none missing', () => {
    const state = { tokens: 0, lastMs: 0 }
    expect(takeToken(state, { capacity: 3, leakSpeedMs: 1_000 }, 999.9999999)).toBe(true)
    const other = { tokens: 0, lastMs: 0 }
    expect(takeToken(other, { capacity: 3, leakSpeedMs: 1_000 }, 999.99999)).toBe(false)
  })

  it('does not use up a token that it refuses', () => {
    const state = { tokens: 0.5, lastMs: 0 }
    expect([takeToken(state, shape, 0), state.tokens]).toEqual([false, 0.5])
  })

  it('gives within any time at most the capacity and what leaked', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(gaps, (steps) => {
        let now = 0
        const times = steps.map((step) => (now += step))
        const given = taken(times).filter(Boolean).length
        expect(given).toBeLessThanOrEqual(shape.capacity + (now - (times[0] ?? 0)) / shape.leakSpeedMs + 1e-6)
      }),
    )
  })
})
