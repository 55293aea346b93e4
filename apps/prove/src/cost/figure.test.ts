import { describe, expect, it } from 'vitest'
import { coverage, figureOf, median, percentile } from './figure.ts'

describe('median', () => {
  it('is the middle of an odd number of values, and between the two of an even number', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([1, 9, 5, 7])).toBe(6)
    expect(median([])).toBe(0)
  })
})

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  it.each([
    [0.5, 50],
    [0.99, 99],
    [0.991, 100],
    [1, 100],
    [0, 1],
  ])('of %f by nearest rank is %i', (part, expected) => {
    expect(percentile(hundred, part)).toBe(expected)
  })
  it('is 0 without values', () => {
    expect(percentile([], 0.5)).toBe(0)
  })
})

describe('figureOf', () => {
  it('keeps the median and the range with four significant digits', () => {
    expect(figureOf([1.23456, 2, 0.000012345])).toEqual({ median: 1.235, low: 0.00001234, high: 2 })
    expect(figureOf([])).toEqual({ median: 0, low: 0, high: 0 })
  })
})

describe('coverage', () => {
  it.each([
    [1, 0],
    [2, 50],
    [5, 93.8],
    [6, 96.9],
  ])('of %i repeats is %f percent', (repeats, percent) => {
    expect(coverage(repeats)).toBe(percent)
  })
})
