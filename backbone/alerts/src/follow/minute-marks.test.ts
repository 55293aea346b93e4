import { describe, expect, it } from 'vitest'
import { MinuteMarks } from './minute-marks.ts'

const place = (index: number) => ({ segment: 0, offset: index * 100, index })

describe('MinuteMarks', () => {
  it('gives a place that is as far back as wanted, and little further', () => {
    const marks = new MinuteMarks(300_000)
    expect(marks.oldest).toBeUndefined()
    for (let second = 0; second < 900; second += 1) marks.take(second * 1000, place(second))
    expect(marks.oldest?.index).toBe(480)
  })
  it('marks each minute once, and nothing that came late', () => {
    const marks = new MinuteMarks(0)
    marks.take(1_000_000, place(1))
    marks.take(1_030_000, place(2))
    marks.take(500_000, place(3))
    expect(marks.oldest?.index).toBe(1)
    marks.take(1_060_000, place(4))
    marks.take(1_120_001, place(5))
    expect(marks.oldest?.index).toBe(4)
  })
})
