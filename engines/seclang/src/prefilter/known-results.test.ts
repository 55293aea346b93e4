import { describe, expect, it } from 'vitest'
import type { Transformation } from '../transformations/transformation.ts'
import { KnownResults } from './known-results.ts'

interface Counted extends Transformation {
  calls: number
}

function counted(name: string): Counted {
  const step: Counted = {
    name,
    calls: 0,
    apply(input) {
      step.calls++
      return `${name}(${input})`
    },
  }
  return step
}

describe('KnownResults', () => {
  it('runs a step once for each text', () => {
    const results = new KnownResults()
    const [trim, decode] = [counted('trim'), counted('decode')]
    for (let round = 0; round < 3; round++) {
      expect(results.apply(trim, 'a')).toBe('trim(a)')
      expect(results.apply(decode, 'a')).toBe('decode(a)')
      expect(results.apply(trim, 'b')).toBe('trim(b)')
    }
    expect([trim.calls, decode.calls]).toEqual([2, 1])
  })

  it('knows texts by what they hold', () => {
    const results = new KnownResults()
    const trim = counted('trim')
    results.apply(trim, 'ab'.repeat(20))
    results.apply(trim, ['ab'.repeat(10), 'ab'.repeat(10)].join(''))
    expect(trim.calls).toBe(1)
  })

  it('forgets all when cleared', () => {
    const results = new KnownResults()
    const trim = counted('trim')
    results.apply(trim, 'a')
    results.clear()
    results.apply(trim, 'a')
    expect(trim.calls).toBe(2)
  })

  it('gives right results for more of them than it remembers', () => {
    const results = new KnownResults()
    const trim = counted('trim')
    for (let round = 0; round < 2; round++)
      for (let number = 0; number < 60; number++)
        expect(results.apply(trim, String(number))).toBe(`trim(${number})`)
  })
})
