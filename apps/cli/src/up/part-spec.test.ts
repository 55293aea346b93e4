import { describe, expect, it } from 'vitest'
import { restartDelayMs } from './part-spec.ts'

describe('restartDelayMs', () => {
  it('doubles from a quarter of a second to ten seconds and no further', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(restartDelayMs)).toEqual([
      250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000,
    ])
    expect(restartDelayMs(0)).toBe(250)
    expect(restartDelayMs(1_000_000)).toBe(10_000)
  })
})
