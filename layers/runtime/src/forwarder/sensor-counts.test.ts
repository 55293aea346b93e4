import { describe, expect, it } from 'vitest'
import { SensorCounts, maxCountedServices } from './sensor-counts.ts'

const sensor = (service: string): { service: string } => ({ service })

describe('SensorCounts', () => {
  it('counts from the first beat of each sensor on, without messages', () => {
    const counts = new SensorCounts()
    const shop = sensor('shop')
    expect(counts.grown(shop, { requests: 900, messages: 100 })).toBe(0)
    expect(counts.grown(shop, { requests: 930, messages: 110 })).toBe(20)
    expect(counts.grown(shop, { requests: 930, messages: 110 })).toBe(0)
  })
  it('adds up the processes of one service, and takes the busiest of several', () => {
    const counts = new SensorCounts()
    const [one, two, inner] = [sensor('shop'), sensor('shop'), sensor('stock')]
    for (const each of [one, two, inner]) counts.grown(each, { requests: 0 })
    expect(counts.grown(one, { requests: 10 })).toBe(10)
    expect(counts.grown(two, { requests: 10 })).toBe(10)
    expect(counts.grown(inner, { requests: 20 })).toBe(0)
    expect(counts.grown(inner, { requests: 25 })).toBe(5)
  })
  it(`tells ${maxCountedServices} services apart and no more`, () => {
    const counts = new SensorCounts()
    const take = (name: string, requests: number): number => {
      const each = sensor(name)
      counts.grown(each, { requests: 0 })
      return counts.grown(each, { requests })
    }
    for (let n = 1; n <= maxCountedServices; n += 1) expect(take(`s${n}`, n)).toBe(1)
    expect(take('one-more', 100_000)).toBe(0)
  })
})
