import { describe, expect, it } from 'vitest'
import { GrowingCounter } from './growing-counter.ts'

describe('GrowingCounter', () => {
  it('starts from its first reading and goes on over a restart', () => {
    const counter = new GrowingCounter()
    expect(counter.read(1, 500)).toBe(0)
    expect(counter.read(1, 510)).toBe(10)
    expect(counter.read(2, 4)).toBe(14)
    expect(counter.read(2, 4)).toBe(14)
  })
})
