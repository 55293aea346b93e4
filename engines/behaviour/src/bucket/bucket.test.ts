import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { BucketTable } from './bucket-table.ts'
import { bucketLifetimeMs, createBucket, isNewValue, maxDistinctValues, pour } from './leaky-bucket.ts'
import { networkOf } from './network-of.ts'

const shape = { capacity: 3, leakSpeedMs: 1000 }

describe('pouring', () => {
  it('overflows with one more than the capacity at one moment', () => {
    const bucket = createBucket(shape, 0, false)
    expect([1, 2, 3, 4].map(() => pour(bucket, shape, 0))).toEqual([false, false, false, true])
    expect(bucket.count).toBe(4)
  })

  it('gains one token a leak interval and never more than the capacity', () => {
    const bucket = createBucket(shape, 0, false)
    for (let i = 0; i < 3; i += 1) pour(bucket, shape, 0)
    expect(pour(bucket, shape, 1000)).toBe(false)
    expect(pour(bucket, shape, 1000)).toBe(true)
    const idle = createBucket(shape, 0, false)
    pour(idle, shape, 1_000_000)
    expect(idle.tokens).toBe(2)
  })

  it('needs a whole token', () => {
    const bucket = createBucket(shape, 0, false)
    for (let i = 0; i < 3; i += 1) pour(bucket, shape, 0)
    expect(pour(bucket, shape, 999)).toBe(true)
  })

  it('never has less than no tokens or more than all, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5000, max: 50_000 }), { maxLength: 100 }), (times) => {
        const bucket = createBucket(shape, 0, false)
        for (const time of times) {
          pour(bucket, shape, time)
          expect(bucket.tokens).toBeGreaterThanOrEqual(0)
          expect(bucket.tokens).toBeLessThanOrEqual(shape.capacity)
        }
      }),
    )
  })

  it('leaks out completely within the lifetime', () => {
    expect(bucketLifetimeMs(shape)).toBe(4000)
  })
})

describe('distinct values', () => {
  it('are new once', () => {
    const bucket = createBucket(shape, 0, true)
    expect([isNewValue(bucket, 'a'), isNewValue(bucket, 'a'), isNewValue(bucket, 'b')]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('are always new where nobody asks', () => {
    const bucket = createBucket(shape, 0, false)
    expect([isNewValue(bucket, 'a'), isNewValue(bucket, 'a')]).toEqual([true, true])
  })

  it('are remembered up to a limit, the newest', () => {
    const bucket = createBucket(shape, 0, true)
    for (let i = 0; i < maxDistinctValues + 10; i += 1) isNewValue(bucket, String(i))
    expect(bucket.seen?.size).toBe(maxDistinctValues)
    expect(isNewValue(bucket, String(maxDistinctValues + 9))).toBe(false)
    expect(isNewValue(bucket, '0')).toBe(true)
  })
})

describe('the network of a key', () => {
  it.each([
    ['192.0.2.7', '192.0.2'],
    ['2001:db8:1:2::7', '2001:db8'],
    ['2001:DB8::7', '2001:db8'],
    ['2001::7', '2001:0'],
    ['::1', ':0'],
    ['ana', 'ana'],
    ['', ''],
  ])('%s counts towards %s', (key, network) => {
    expect(networkOf(key)).toBe(network)
  })

  it('is some text for any key', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(typeof networkOf(key)).toBe('string')
      }),
    )
  })
})

describe('the table of buckets', () => {
  const bucketAt = (nowMs: number) => createBucket(shape, nowMs, false)

  it('gives a bucket back while it holds something and drops it afterwards', () => {
    const table = new BucketTable({ maxBuckets: 10, maxPerNetwork: 5 }, 4000)
    table.add('192.0.2.1', bucketAt(0))
    expect(table.get('192.0.2.1', 4000)).toBeDefined()
    expect(table.get('192.0.2.1', 4001)).toBeUndefined()
    expect(table.size).toBe(0)
  })

  it('evicts the oldest of a network that has its share', () => {
    const table = new BucketTable({ maxBuckets: 10, maxPerNetwork: 2 }, 4000)
    for (let i = 1; i <= 3; i += 1) table.add(`192.0.2.${i}`, bucketAt(0))
    expect([1, 2, 3].map((i) => table.get(`192.0.2.${i}`, 0) !== undefined)).toEqual([false, true, true])
    expect(table.counters).toEqual({ evicted: 1, refused: 0 })
  })

  it('refuses a newcomer from elsewhere when it is full of live buckets', () => {
    const table = new BucketTable({ maxBuckets: 2, maxPerNetwork: 2 }, 4000)
    table.add('192.0.2.1', bucketAt(0))
    table.add('192.0.2.2', bucketAt(0))
    expect(table.add('198.51.100.1', bucketAt(0))).toBe(false)
    expect(table.add('198.51.100.1', bucketAt(5000))).toBe(true)
    expect(table.counters.refused).toBe(1)
  })

  it('looks for room at most once a second', () => {
    const table = new BucketTable({ maxBuckets: 1, maxPerNetwork: 1 }, 100)
    table.add('192.0.2.1', bucketAt(0))
    expect(table.add('198.51.100.1', bucketAt(50))).toBe(false)
    expect(table.add('198.51.100.1', bucketAt(500))).toBe(false)
    expect(table.add('198.51.100.1', bucketAt(1050))).toBe(true)
  })

  it('holds what it says it holds, whatever happens', () => {
    const step = fc.record({ add: fc.boolean(), key: fc.nat(30), net: fc.nat(3), at: fc.nat(20_000) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const limits = { maxBuckets: 8, maxPerNetwork: 3 }
        const table = new BucketTable(limits, 4000)
        for (const { add, key, net, at } of steps) {
          const name = `10.0.${net}.${key}`
          if (!add) table.delete(name)
          else if (table.get(name, at) === undefined) table.add(name, bucketAt(at))
          expect(table.size).toBeLessThanOrEqual(limits.maxBuckets)
        }
        table.collect(1e9)
        expect(table.size).toBe(0)
      }),
    )
  })
})
