import { describe, expect, it } from 'vitest'

import { Blackhole } from './blackhole.ts'

describe('a blackhole', () => {
  it('hides a key for its duration after an overflow that was shown', () => {
    const hole = new Blackhole(1_000)
    expect([hole.hides('a', 0), hole.hides('a', 999), hole.hides('a', 1_000)]).toEqual([false, true, false])
    // The one that was shown at 1,000 began a new time.
    expect([hole.hides('a', 1_500), hole.hides('a', 2_000)]).toEqual([true, false])
  })

  it('hides each key by itself', () => {
    const hole = new Blackhole(1_000)
    expect([hole.hides('a', 0), hole.hides('b', 500), hole.hides('a', 900), hole.hides('b', 1_200)]).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it('forgets a key when asked to', () => {
    const hole = new Blackhole(1_000)
    hole.hides('a', 0)
    hole.forget('a')
    hole.forget('never seen')
    expect(hole.hides('a', 1)).toBe(false)
  })

  it('still hides after a sweep what is not over', () => {
    const hole = new Blackhole(1_000)
    hole.hides('a', 0)
    hole.hides('b', 800)
    hole.sweep(1_000)
    expect([hole.hides('b', 1_001), hole.hides('a', 1_001)]).toEqual([true, false])
  })

  it('remembers 100,000 keys, the newest', () => {
    const hole = new Blackhole(1_000)
    for (let key = 0; key <= 100_000; key++) hole.hides(String(key), 0)
    expect([hole.hides('1', 1), hole.hides('100000', 1)]).toEqual([true, true])
    expect(hole.hides('0', 1)).toBe(false)
  })
})
