import { describe, expect, it } from 'vitest'
import { CountMin } from './count-min.ts'
import { HeavyHitters } from './heavy-hitters.ts'
import { RateKeys } from './rate-key.ts'

const keys = new RateKeys(Buffer.from('0123456789abcdef'))
const key = (name: string) => {
  keys.client('192.0.2.1')
  return { ...keys.text(1, name) }
}

describe('the count-min sketch', () => {
  it('never counts too little, and seldom too much', () => {
    const sketch = new CountMin(4096)
    for (let i = 0; i < 5000; i += 1) for (let n = 0; n <= i % 5; n += 1) sketch.add(key(`k${i}`))
    let wrong = 0
    for (let i = 0; i < 5000; i += 1) {
      const count = sketch.count(key(`k${i}`))
      expect(count).toBeGreaterThanOrEqual((i % 5) + 1)
      if (count !== (i % 5) + 1) wrong += 1
    }
    expect(wrong).toBeLessThan(1500)
  })

  it('forgets by halves, and all at once', () => {
    const sketch = new CountMin(64)
    sketch.add(key('a'), 9)
    sketch.decay()
    expect(sketch.count(key('a'))).toBe(4)
    sketch.clear()
    expect(sketch.count(key('a'))).toBe(0)
  })
})

describe('the heavy hitters', () => {
  it('have whoever made more than one in size requests, whatever comes between', () => {
    const hitters = new HeavyHitters(16)
    for (let i = 0; i < 20_000; i += 1) {
      hitters.add(`noise${i}`)
      if (i % 4 === 0) hitters.add('heavy')
    }
    const [first] = hitters.top(1)
    expect(first?.name).toBe('heavy')
    expect((first?.count ?? 0) - (first?.error ?? 0)).toBeLessThanOrEqual(5000)
    expect(first?.count).toBeGreaterThanOrEqual(5000)
  })

  it('keep a bounded number', () => {
    const hitters = new HeavyHitters(4)
    for (let i = 0; i < 100; i += 1) hitters.add(`n${i}`)
    expect(hitters.top(100).length).toBe(4)
    expect(hitters.total).toBe(100)
    for (let i = 0; i < 10; i += 1) hitters.decay()
    expect(hitters.top(100)).toEqual([])
  })
})
