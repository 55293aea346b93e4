import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GcraTable, maxChanges, sharedAllowance } from './gcra-table.ts'
import { RateKeys } from './rate-key.ts'

const keys = new RateKeys(Buffer.from('0123456789abcdef'))
const tenASecond = { emissionMs: 100, windowMs: 500 }

function keyOf(address: string) {
  keys.client(address)
  return { ...keys.address(1) }
}

describe('a counter', () => {
  it('lets a burst pass, then one request for each interval', () => {
    const table = new GcraTable(64)
    const key = keyOf('192.0.2.1')
    const passed = Array.from({ length: 8 }, () => table.charge(key, tenASecond, 1000))
    expect(passed).toEqual([0, 0, 0, 0, 0, 100, 100, 100])
    expect(table.charge(key, tenASecond, 1099)).toBeCloseTo(1)
    expect(table.charge(key, tenASecond, 1100)).toBe(0)
    expect(table.charge(key, tenASecond, 1100)).toBe(100)
  })

  it('is full again after its window', () => {
    const table = new GcraTable(64)
    const key = keyOf('192.0.2.1')
    for (let i = 0; i < 5; i += 1) table.charge(key, tenASecond, 0.001)
    expect(table.debt(key, 0.001)).toBeCloseTo(500)
    for (let i = 0; i < 5; i += 1) expect(table.charge(key, tenASecond, 501)).toBe(0)
  })

  it('charges nothing for what it refuses, and never a cost over its window', () => {
    const table = new GcraTable(64)
    const key = keyOf('192.0.2.1')
    expect(table.charge(key, tenASecond, 0, 6)).toBe(100)
    expect(table.debt(key, 0)).toBe(0)
    expect(table.charge(key, tenASecond, 1, 5)).toBe(0)
  })

  it('never allows more than burst and rate together, at whatever times requests come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 50 }),
        (gaps, burst, emissionMs) => {
          const table = new GcraTable(64)
          const key = keyOf('192.0.2.1')
          let now = 1
          let passed = 0
          for (const gap of gaps) {
            now += gap
            if (table.charge(key, { emissionMs, windowMs: burst * emissionMs }, now) === 0) passed += 1
            expect(passed).toBeLessThanOrEqual(burst + (now - 1) / emissionMs)
          }
        },
      ),
      { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 200), verbose: 1 },
    )
  })
})

describe('the table', () => {
  it('takes 500,000 counters in less than 32 MB and finds nearly all of them again', () => {
    const table = new GcraTable(1_048_576, true)
    expect(table.bytes).toBeLessThan(32 * 1024 ** 2)
    const day = { emissionMs: 86_400_000, windowMs: 86_400_000 }
    const address = (i: number): string => `${1 + (i >>> 16)}.${(i >>> 8) & 255}.${i & 255}.9`
    for (let i = 0; i < 500_000; i += 1) table.charge(keyOf(address(i)), day, 1)
    let kept = 0
    for (let i = 0; i < 500_000; i += 1) if (table.debt(keyOf(address(i)), 1) > 0) kept += 1
    expect(kept).toBeGreaterThan(490_000)
  })

  it('keeps everybody else through a flood of 1,000,000 sources of one IPv6 /32', () => {
    const table = new GcraTable(1_048_576)
    const hour = { emissionMs: 3_600_000, windowMs: 3_600_000 }
    const others = Array.from({ length: 20_000 }, (_, i) =>
      i % 2 === 0
        ? `${10 + (i % 97)}.${i >>> 8}.${i & 255}.1`
        : `2a0${i % 10}:${(i & 0xfff).toString(16)}:${i}::1`,
    )
    for (const address of others) table.charge(keyOf(address), hour, 1)
    for (let i = 0; i < 1_000_000; i += 1) {
      table.charge(keyOf(`2001:db8:${(i >>> 16).toString(16)}:${(i & 0xffff).toString(16)}::1`), hour, 2)
    }
    const lost = others.filter((address) => table.debt(keyOf(address), 2) === 0)
    expect(lost).toEqual([])
    // A newcomer from elsewhere still gets a counter of its own.
    expect(table.charge(keyOf('203.0.113.7'), hour, 3)).toBe(0)
    expect(table.charge(keyOf('203.0.113.7'), hour, 3)).toBeGreaterThan(0)
  })

  it('lets a key that finds no room share the counter of its network', () => {
    const table = new GcraTable(8)
    const allowance = { emissionMs: 1000, windowMs: 1000 }
    for (let i = 0; i < 8; i += 1) table.add({ hi: i + 1, lo: 8, owner: i + 1 }, 1e6, 1)
    const results = Array.from({ length: sharedAllowance + 1 }, (_, i) =>
      table.charge({ hi: 100 + i, lo: 8, owner: 99 }, allowance, 1),
    )
    expect(results.slice(0, sharedAllowance).every((wait) => wait === 0)).toBe(true)
    expect(results.at(-1)).toBeGreaterThan(0)
    expect(table.crowded).toBe(sharedAllowance + 1)
    expect(table.evicted).toBe(0)
  })

  it('pushes out only counters of the same network in a full set', () => {
    const table = new GcraTable(8)
    for (let i = 0; i < 8; i += 1) table.add({ hi: i + 1, lo: 8, owner: i < 2 ? 7 : i }, 1e6 + i, 1)
    table.add({ hi: 50, lo: 8, owner: 7 }, 10, 1)
    expect(table.evicted).toBe(1)
    expect(table.debt({ hi: 1, lo: 8, owner: 7 }, 1)).toBe(0)
    for (let i = 1; i < 8; i += 1) expect(table.debt({ hi: i + 1, lo: 8, owner: 0 }, 1)).toBeGreaterThan(0)
  })
})

describe('counters of several workers', () => {
  it('hold the sum of all after an exchange', () => {
    const [one, two] = [new GcraTable(64, true), new GcraTable(64, true)]
    const key = keyOf('192.0.2.1')
    for (let i = 0; i < 3; i += 1) one.charge(key, tenASecond, 10)
    for (let i = 0; i < 2; i += 1) two.charge(key, tenASecond, 10)
    const [a, b] = [one.takeChanges(), two.takeChanges()]
    if (a === null || b === null) throw new Error('no changes')
    one.apply(b, 10)
    two.apply(a, 10)
    expect(one.charge(key, tenASecond, 10)).toBeGreaterThan(0)
    expect(two.charge(key, tenASecond, 10)).toBeGreaterThan(0)
    expect(one.takeChanges()).toBeNull()
  })

  it('allow at most a burst more for each further worker, and pay it back', () => {
    const workers = Array.from({ length: 4 }, () => new GcraTable(64, true))
    const key = keyOf('192.0.2.1')
    let passed = 0
    for (const worker of workers)
      for (let i = 0; i < 20; i += 1) if (worker.charge(key, tenASecond, 1) === 0) passed += 1
    expect(passed).toBe(4 * 5)
    const told = workers.map((worker) => worker.takeChanges())
    for (const [at, worker] of workers.entries()) {
      for (const [from, changes] of told.entries())
        if (from !== at && changes !== null) worker.apply(changes, 100)
    }
    // 20 requests at 10 a second: nobody lets one pass before the debt is down to the burst again.
    for (const worker of workers) {
      expect(worker.charge(key, tenASecond, 1500)).toBeGreaterThan(0)
      expect(worker.charge(key, tenASecond, 1601)).toBe(0)
    }
  })

  it('tells a bounded number of changes at a time', () => {
    const table = new GcraTable(65_536, true)
    for (let i = 0; i < maxChanges + 500; i += 1)
      table.charge(keyOf(`10.${i >>> 8}.${i & 255}.1`), tenASecond, 1)
    expect(table.takeChanges()?.amounts.length).toBe(maxChanges)
  })
})
