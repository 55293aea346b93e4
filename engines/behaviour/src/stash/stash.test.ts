import { describe, expect, it } from 'vitest'

import { Stash } from './stash.ts'
import { defaultStashLimits } from './stash-limits.ts'

import type { StashStrategy } from './stash.ts'

function stashOf(size: number, strategy: StashStrategy = 'LRU', ttlMs = 1_000): Stash {
  const stash = new Stash()
  stash.open('users', { size, ttlMs, strategy })
  stash.settle(0)
  return stash
}

describe('a stash', () => {
  it('gives back what was put aside, and an empty text for all else', () => {
    const stash = stashOf(10)
    stash.set('users', 'a', 'ana')
    expect([stash.get('users', 'a'), stash.get('users', 'b'), stash.get('hosts', 'a')]).toEqual([
      'ana',
      '',
      '',
    ])
  })

  it('takes nothing for a store that nobody opened', () => {
    const stash = stashOf(10)
    stash.set('hosts', 'a', 'web01')
    expect(stash.get('hosts', 'a')).toBe('')
  })

  it('counts the time to live from when the line was done, not from when its parser ran', () => {
    const stash = stashOf(10)
    stash.set('users', 'a', 'ana')
    stash.settle(5_000)
    stash.settle(5_999)
    expect(stash.get('users', 'a')).toBe('ana')
    stash.settle(6_000)
    expect(stash.get('users', 'a')).toBe('')
  })

  it('begins anew with each value', () => {
    const stash = stashOf(10)
    stash.set('users', 'a', 'ana')
    stash.settle(0)
    stash.set('users', 'a', 'bob')
    stash.settle(900)
    stash.settle(1_800)
    expect(stash.get('users', 'a')).toBe('bob')
  })

  it('lets the least recently used go', () => {
    const stash = stashOf(2)
    stash.set('users', 'a', 'ana')
    stash.set('users', 'b', 'bob')
    stash.get('users', 'a')
    stash.set('users', 'c', 'cem')
    expect(['a', 'b', 'c'].map((key) => stash.get('users', key))).toEqual(['ana', '', 'cem'])
  })

  it('lets the least often used go where the rule says so', () => {
    const stash = stashOf(2, 'LFU')
    stash.set('users', 'a', 'ana')
    stash.set('users', 'b', 'bob')
    stash.get('users', 'a')
    stash.get('users', 'a')
    stash.get('users', 'b')
    stash.set('users', 'c', 'cem')
    expect(['a', 'b', 'c'].map((key) => stash.get('users', key))).toEqual(['ana', '', 'cem'])
  })

  it('has room for a value in place of one of the same key', () => {
    const stash = stashOf(2)
    for (const key of ['a', 'b', 'a', 'b']) stash.set('users', key, key)
    expect(['a', 'b'].map((key) => stash.get('users', key))).toEqual(['a', 'b'])
  })

  it('keeps the first form of a store that is opened twice', () => {
    const stash = stashOf(1)
    stash.open('users', { size: 5, ttlMs: 1_000, strategy: 'LRU' })
    stash.set('users', 'a', 'ana')
    stash.set('users', 'b', 'bob')
    expect(stash.get('users', 'a')).toBe('')
  })

  it(`cuts values at ${defaultStashLimits.maxValueLength} units`, () => {
    const stash = stashOf(2)
    stash.set('users', 'a', 'x'.repeat(defaultStashLimits.maxValueLength))
    stash.set('users', 'b', 'x'.repeat(defaultStashLimits.maxValueLength + 1))
    expect(['a', 'b'].map((key) => stash.get('users', key).length)).toEqual([8_192, 8_192])
  })

  it(`has at most ${defaultStashLimits.maxStores} stores`, () => {
    const stash = new Stash()
    for (let n = 0; n <= defaultStashLimits.maxStores; n++)
      stash.open(String(n), { size: 1, ttlMs: 1_000, strategy: 'LRU' })
    const last = String(defaultStashLimits.maxStores - 1)
    const beyond = String(defaultStashLimits.maxStores)
    for (const name of [last, beyond]) stash.set(name, 'a', 'ana')
    expect([stash.get(last, 'a'), stash.get(beyond, 'a')]).toEqual(['ana', ''])
  })
})
