import { describe, expect, it } from 'vitest'
import { beatIntervalMs, maxDrillScale } from './beat-interval.ts'

describe('beatIntervalMs', () => {
  it('is ten seconds, and shorter in a drill', () => {
    expect(beatIntervalMs({})).toBe(10_000)
    expect(beatIntervalMs({ SEVENFOLD_DRILL_SCALE: '4' })).toBe(2_500)
    expect(beatIntervalMs({ SEVENFOLD_DRILL_SCALE: String(maxDrillScale) })).toBe(1_000)
  })
  for (const scale of ['0.1', '0', '-3', '10.1', 'x', ''])
    it(`never becomes longer or absurd (${scale})`, () =>
      expect(beatIntervalMs({ SEVENFOLD_DRILL_SCALE: scale })).toBe(10_000))
})
