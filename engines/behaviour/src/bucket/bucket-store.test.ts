import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { zeroTime } from '../helpers/go-time.ts'
import { BucketStore } from './bucket-store.ts'
import { networkOf } from './network-of.ts'

import type { HubBucket } from './hub-bucket.ts'

const second = 1_000

function bucket(key: string, ms = 0, scenario = 0): HubBucket {
  return {
    scenario,
    slot: scenario,
    key,
    network: networkOf(key),
    firstMs: ms,
    lastMs: ms,
    first: zeroTime,
    last: zeroTime,
    tokens: 0,
    total: 1,
    queue: [],
    seen: undefined,
    triggered: undefined,
  }
}

function storeOf(maxBuckets: number, maxPerNetwork = maxBuckets): BucketStore {
  return new BucketStore({ maxBuckets, maxPerNetwork }, [10 * second, 60 * second])
}

describe('the store of buckets', () => {
  it('holds buckets by scenario and key, one each', () => {
    const store = storeOf(10)
    const [one, other] = [bucket('192.0.2.1'), bucket('192.0.2.1', 0, 1)]
    expect([store.add(one, 0), store.add(other, 0), store.size]).toEqual([true, true, 2])
    expect(store.get(0, '192.0.2.1')).toBe(one)
    expect(store.get(1, '192.0.2.1')).toBe(other)
    expect(store.get(0, '192.0.2.2')).toBeUndefined()
    expect(store.get(7, '192.0.2.1')).toBeUndefined()
  })

  it('names the oldest bucket of a scenario', () => {
    const store = storeOf(10)
    for (const key of ['a', 'b', 'c']) store.add(bucket(key), 0)
    expect(store.oldest(0)?.key).toBe('a')
    const first = store.get(0, 'a')
    if (first !== undefined) store.delete(first)
    expect(store.oldest(0)?.key).toBe('b')
    expect(store.oldest(1)).toBeUndefined()
  })

  it('evicts the oldest of a network that has its share, and of no other', () => {
    const store = storeOf(100, 3)
    store.add(bucket('198.51.100.9'), 0)
    for (let host = 1; host <= 5; host++) expect(store.add(bucket(`192.0.2.${host}`), 0)).toBe(true)
    expect(store.counters).toEqual({ evicted: 2, refused: 0 })
    expect([1, 2, 3, 4, 5].map((host) => store.get(0, `192.0.2.${host}`) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
    expect(store.get(0, '198.51.100.9')).toBeDefined()
  })

  it('counts an IPv6 /32 full of sources as one network', () => {
    const store = storeOf(50, 4)
    store.add(bucket('2001:db9::1'), 0)
    for (let host = 0; host < 1_000; host++)
      store.add(bucket(`2001:db8:${(host * 61).toString(16)}::${host}`), 0)
    expect(store.size).toBe(5)
    expect(store.get(0, '2001:db9::1')).toBeDefined()
    expect(store.counters).toEqual({ evicted: 996, refused: 0 })
  })

  it('refuses newcomers from elsewhere when it is full of live buckets, and takes them once some leaked out', () => {
    const store = storeOf(2)
    store.add(bucket('192.0.2.1', 0), 0)
    store.add(bucket('198.51.100.1', 5 * second), 5 * second)
    expect(store.add(bucket('203.0.113.1', 9 * second), 9 * second)).toBe(false)
    expect(store.counters).toEqual({ evicted: 0, refused: 1 })
    expect(store.add(bucket('203.0.113.1', 10.5 * second), 10.5 * second)).toBe(true)
    expect(store.get(0, '192.0.2.1')).toBeUndefined()
    expect(store.get(0, '198.51.100.1')).toBeDefined()
  })

  it('lets a newcomer replace a bucket of its own network when it is full', () => {
    const store = storeOf(2)
    store.add(bucket('192.0.2.1'), 0)
    store.add(bucket('198.51.100.1'), 0)
    expect(store.add(bucket('192.0.2.2'), 0)).toBe(true)
    expect([store.get(0, '192.0.2.1'), store.size]).toEqual([undefined, 2])
    expect(store.get(0, '198.51.100.1')).toBeDefined()
  })

  it('sweeps by the lifetime of each scenario, at the moment after it', () => {
    const store = storeOf(10)
    store.add(bucket('192.0.2.1', 0, 0), 0)
    store.add(bucket('192.0.2.1', 0, 1), 0)
    store.sweep(10 * second)
    expect(store.size).toBe(2)
    store.sweep(10 * second + 1)
    expect([store.get(0, '192.0.2.1'), store.size]).toEqual([undefined, 1])
    store.sweep(60 * second + 1)
    expect(store.size).toBe(0)
  })

  it('forgets a key in all scenarios', () => {
    const store = storeOf(10)
    for (const scenario of [0, 1]) for (const key of ['a', 'b']) store.add(bucket(key, 0, scenario), 0)
    store.forget('a')
    expect([store.size, store.get(0, 'a'), store.get(1, 'a')]).toEqual([2, undefined, undefined])
    store.forget('unknown')
    expect(store.size).toBe(2)
  })

  it('does not count a bucket twice that is dropped twice', () => {
    const store = storeOf(10)
    const one = bucket('a')
    store.add(one, 0)
    store.delete(one)
    store.delete(one)
    const again = bucket('a')
    store.add(again, 0)
    store.delete(one)
    expect([store.size, store.get(0, 'a')]).toEqual([1, again])
  })

  it('never holds more than its limits, nor loses a part-filled bucket to another network', () => {
    const step = fc.tuple(fc.nat(5), fc.nat(20), fc.nat(30))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const store = storeOf(12, 4)
        let now = 0
        for (const [net, host, wait] of steps) {
          now += wait * 100
          const key = `10.0.${net}.${host}`
          if (store.get(0, key) !== undefined) continue
          const others = [0, 1, 2, 3, 4, 5]
            .filter((other) => other !== net)
            .flatMap((other) => Array.from({ length: 21 }, (_, n) => store.get(0, `10.0.${other}.${n}`)))
            .filter((one) => one !== undefined)
            .filter((one) => now <= one.lastMs + 10 * second)
          const before = store.counters.evicted
          store.add(bucket(key, now), now)
          expect(store.size).toBeLessThanOrEqual(12)
          for (const one of others) expect(store.get(0, one.key)).toBe(one)
          expect(store.counters.evicted - before).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 60 },
    )
  })
})
