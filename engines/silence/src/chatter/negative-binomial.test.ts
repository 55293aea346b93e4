import { describe, expect, it } from 'vitest'
import { logGamma, lowerTail } from './negative-binomial.ts'

describe('logGamma', () => {
  it('is the logarithm of the factorial', () => {
    let factorial = 1
    for (let n = 1; n < 20; n += 1) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 9)
      factorial *= n
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 9)
    expect(logGamma(0.25)).toBeCloseTo(1.2880225246980774, 9)
  })
})

describe('lowerTail', () => {
  it('is the Poisson tail for a large size', () => {
    expect(lowerTail(0, 14, 1e9)).toBeCloseTo(Math.exp(-14), 12)
    expect(lowerTail(2, 5, 1e6)).toBeCloseTo(Math.exp(-5) * (1 + 5 + 12.5), 5)
  })

  it('is (k / (k + m))^k for no events', () => {
    expect(lowerTail(0, 50, 0.7)).toBeCloseTo((0.7 / 50.7) ** 0.7, 9)
  })

  it('sums the probabilities of a small case', () => {
    // size 1: geometric with success 1/(1+m)
    const p = 1 / 5
    expect(lowerTail(2, 4, 1)).toBeCloseTo(p * (1 + (1 - p) + (1 - p) ** 2), 9)
  })

  it('is 1 at or above the mean and where nothing is expected', () => {
    expect(lowerTail(5, 5, 2)).toBe(1)
    expect(lowerTail(0, 0, 2)).toBe(1)
  })

  it('keeps its precision far out and never leaves 0 to 1', () => {
    expect(lowerTail(0, 300, 1e6)).toBeGreaterThan(0)
    for (let n = 0; n < 100; n += 7)
      for (const size of [0.2, 1, 50, 1e6]) expect(lowerTail(n, 80, size)).toBeLessThanOrEqual(1)
  })
})
