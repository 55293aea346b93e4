import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { BehaviourEngine, maxDistinctValues, metaOf } from '@sevenfold/behaviour'
import type { BehaviourEvent, EngineOptions, LeakyScenario, Overflow } from '@sevenfold/behaviour'

const base: LeakyScenario = {
  name: 'test/leaky',
  description: 'five in a burst, one leaks every 10 s',
  filter: (event) => metaOf(event, 'http_status') === '404',
  groupBy: (event) => metaOf(event, 'source_ip'),
  capacity: 5,
  leakSpeedMs: 10_000,
  blackholeMs: 0,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:scan', techniques: ['T1595'] },
}

function engineOf(
  change: Partial<LeakyScenario> = {},
  options: Partial<EngineOptions> = {},
): BehaviourEngine {
  return new BehaviourEngine({ scenarios: [{ ...base, ...change }], clock: 'live', ...options })
}

const event = (ip: string, meta: Record<string, string> = {}, time = 0): BehaviourEvent => ({
  time,
  meta: { source_ip: ip, http_status: '404', http_path: '/', ...meta },
})

/** Pours events of one source at the given times; returns the times at which it overflowed. */
function overflowTimes(engine: BehaviourEngine, times: readonly number[], ip = '192.0.2.1'): number[] {
  return times.filter((time) => engine.pour(event(ip), time).length > 0)
}

const burst = (count: number, at = 0): number[] => Array.from({ length: count }, () => at)

describe('a leaky bucket', () => {
  it('overflows with the event after its capacity, not before', () => {
    expect(overflowTimes(engineOf(), burst(5))).toEqual([])
    expect(overflowTimes(engineOf(), burst(6, 3))).toEqual([3])
  })

  it('never overflows at the rate at which it leaks', () => {
    const slow = Array.from({ length: 1000 }, (_, i) => i * 10_000)
    expect(overflowTimes(engineOf(), slow)).toEqual([])
  })

  it('overflows above that rate after the burst is used up', () => {
    const twice = Array.from({ length: 30 }, (_, i) => i * 5_000)
    // Each event takes one and half of one comes back: the sixth token is missing at the tenth event.
    expect(overflowTimes(engineOf(), twice)[0]).toBe(9 * 5_000)
  })

  it('starts anew after an overflow', () => {
    expect(overflowTimes(engineOf(), burst(18))).toHaveLength(3)
  })

  it('counts each group by itself', () => {
    const engine = engineOf()
    const sources = ['192.0.2.1', '192.0.2.2', '2001:db8::1']
    for (let i = 0; i < 5; i += 1) for (const ip of sources) expect(engine.pour(event(ip), 0)).toEqual([])
    for (const ip of sources) expect(engine.pour(event(ip), 0)[0]?.value).toBe(ip)
  })

  it('takes time that runs backwards for time that stands still', () => {
    const engine = engineOf()
    expect(overflowTimes(engine, [100_000, 50_000, 0, 100_000, 20_000])).toEqual([])
    expect(overflowTimes(engine, [10])).toEqual([10])
  })

  it('tells when it began, how much it held and what overflowed it', () => {
    const engine = engineOf()
    for (let i = 0; i < 5; i += 1) engine.pour(event('192.0.2.1'), 1000 + i)
    const [overflow] = engine.pour(event('192.0.2.1', { http_path: '/last' }), 1010)
    expect(overflow).toMatchObject({ value: '192.0.2.1', count: 6, firstMs: 1000, lastMs: 1010 })
    expect(overflow?.event.meta['http_path']).toBe('/last')
    expect(overflow?.scenario.name).toBe('test/leaky')
  })

  it('agrees with a plain simulation of a bucket for any times', () => {
    const gaps = fc.array(fc.nat(15_000), { maxLength: 60 })
    fc.assert(
      fc.property(gaps, (steps) => {
        let now = 0
        const times = steps.map((step) => (now += step))
        expect(overflowTimes(engineOf(), times)).toEqual(simulate(times))
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 200) },
    )
  })
})

/** Level instead of tokens: rises by one an event, falls by one every 10 s, overflows above 5. */
function simulate(times: readonly number[]): number[] {
  const overflows: number[] = []
  let level = 0
  let last: number | undefined
  for (const time of times) {
    level = last === undefined ? 0 : Math.max(0, level - (time - last) / 10_000)
    last = time
    if (level + 1 > 5 + 1e-9) {
      overflows.push(time)
      level = 0
      last = undefined
    } else level += 1
  }
  return overflows
}

describe('what a scenario looks at', () => {
  it('passes over events that its filter does not match', () => {
    const engine = engineOf()
    for (let i = 0; i < 100; i += 1)
      expect(engine.pour(event('192.0.2.1', { http_status: '200' }), 0)).toEqual([])
    expect(engine.buckets).toBe(0)
  })

  it('passes over events without a group', () => {
    const engine = engineOf()
    for (let i = 0; i < 100; i += 1) expect(engine.pour(event(''), 0)).toEqual([])
    expect(engine.buckets).toBe(0)
  })

  it('counts a value once where values must be distinct', () => {
    const engine = engineOf({ distinct: (e) => metaOf(e, 'http_path') })
    for (let i = 0; i < 100; i += 1)
      expect(engine.pour(event('192.0.2.1', { http_path: '/a' }), 0)).toEqual([])
    const paths = ['/b', '/c', '/d', '/e', '/f']
    const found = paths.flatMap((path) => engine.pour(event('192.0.2.1', { http_path: path }), 0))
    expect(found).toHaveLength(1)
  })

  it('remembers a bounded number of distinct values', () => {
    const engine = engineOf({ capacity: 1_000_000, distinct: (e) => metaOf(e, 'http_path') })
    for (let i = 0; i <= maxDistinctValues; i += 1) engine.pour(event('192.0.2.1', { http_path: `/${i}` }), 0)
    const before = engine.counters().poured
    engine.pour(event('192.0.2.1', { http_path: `/${maxDistinctValues}` }), 0)
    expect(engine.counters().poured).toBe(before)
    engine.pour(event('192.0.2.1', { http_path: '/0' }), 0)
    expect(engine.counters().poured).toBe(before + 1)
  })

  it('reads absent fields and names of Object.prototype as empty', () => {
    expect(metaOf({ time: 0, meta: {} }, 'constructor')).toBe('')
    expect(metaOf({ time: 0, meta: {} }, 'source_ip')).toBe('')
  })
})

describe('a blackhole', () => {
  it('keeps a group quiet for its time and not longer', () => {
    const engine = engineOf({ blackholeMs: 60_000 })
    expect(overflowTimes(engine, burst(6, 0))).toEqual([0])
    expect(overflowTimes(engine, burst(6, 59_999))).toEqual([])
    expect(overflowTimes(engine, burst(6, 60_000))).toEqual([60_000])
  })

  it('does not keep others quiet', () => {
    const engine = engineOf({ blackholeMs: 60_000 })
    overflowTimes(engine, burst(6))
    expect(overflowTimes(engine, burst(6), '192.0.2.2')).toEqual([0])
  })

  it('ends when the group is forgotten', () => {
    const engine = engineOf({ blackholeMs: 60_000 })
    overflowTimes(engine, burst(6))
    engine.forget('192.0.2.1')
    expect(overflowTimes(engine, burst(6, 1))).toEqual([1])
  })
})

describe('two clocks', () => {
  const events = Array.from({ length: 20 }, (_, i) => event('192.0.2.1', {}, i * 30_000))

  it('judge a slow log that is read fast differently', () => {
    const live = engineOf()
    const log = engineOf({}, { clock: 'log' })
    const count = (engine: BehaviourEngine): number => events.flatMap((e) => engine.pour(e, 1)).length
    expect([count(live), count(log)]).toEqual([3, 0])
  })

  it('give the same overflows for every replay by log time', () => {
    const fast = Array.from({ length: 50 }, (_, i) => event(`192.0.2.${i % 3}`, {}, i * 700))
    const replay = (speed: number): Overflow[] => {
      const engine = engineOf({}, { clock: 'log' })
      return fast.flatMap((e, i) => engine.pour(e, i * speed))
    }
    expect(replay(1)).toEqual(replay(100_000))
    expect(replay(1).length).toBeGreaterThan(0)
  })
})

describe('a flood of sources', () => {
  it('holds no more buckets than allowed', () => {
    const engine = engineOf({}, { maxBuckets: 1000 })
    for (let i = 0; i < 100_000; i += 1) engine.pour(event(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`), 0)
    expect(engine.buckets).toBeLessThanOrEqual(1000)
    const { evicted, refused } = engine.counters()
    expect(evicted + refused).toBe(99_000)
  })

  it.each([
    ['an IPv6 /32', (i: number) => `2001:db8:${(i >> 8).toString(16)}::${(i & 255).toString(16)}`],
    ['an IPv4 /24', (i: number) => `198.51.100.${i}`],
  ])('from %s pushes out only its own', (_name, address) => {
    const engine = engineOf({}, { maxBuckets: 1000 })
    for (let i = 0; i < 5; i += 1) engine.pour(event('192.0.2.1'), 0)
    for (let i = 0; i < 20_000; i += 1) engine.pour(event(address(i)), 1)
    expect(engine.pour(event('192.0.2.1'), 2)).toHaveLength(1)
  })

  it('from everywhere leaves the part-filled buckets of others alone', () => {
    const engine = engineOf({}, { maxBuckets: 1000 })
    for (let i = 0; i < 5; i += 1) engine.pour(event('192.0.2.1'), 0)
    for (let i = 0; i < 50_000; i += 1) engine.pour(event(`10.${i >> 8}.${i & 255}.1`), 1)
    expect(engine.counters().refused).toBeGreaterThan(0)
    expect(engine.pour(event('192.0.2.1'), 2)).toHaveLength(1)
  })

  it('makes room again once its buckets have leaked out', () => {
    const engine = engineOf({}, { maxBuckets: 1000 })
    for (let i = 0; i < 2000; i += 1) engine.pour(event(`10.${i >> 8}.${i & 255}.1`), 0)
    expect(engine.buckets).toBe(1000)
    expect(overflowTimes(engine, burst(6, 60_001))).toEqual([60_001])
    engine.collect(200_000)
    expect(engine.buckets).toBe(0)
  })
})

describe('a scenario that is broken', () => {
  it('is switched off and told of once, and the others go on', () => {
    const faults: string[] = []
    const broken = {
      ...base,
      name: 'test/broken',
      filter: (): boolean => {
        throw new Error('no')
      },
    }
    const engine = new BehaviourEngine({
      scenarios: [broken, base],
      clock: 'live',
      onFault: (name) => faults.push(name),
    })
    expect(overflowTimes(engine, burst(6))).toEqual([0])
    expect(faults).toEqual(['test/broken'])
    expect(engine.counters().disabled).toBe(1)
  })

  it.each([
    ['capacity', { capacity: 0 }],
    ['capacity', { capacity: 1.5 }],
    ['leakSpeedMs', { leakSpeedMs: 0 }],
    ['leakSpeedMs', { leakSpeedMs: Number.NaN }],
    ['blackholeMs', { blackholeMs: -1 }],
    ['name', { name: 'no spaces allowed' }],
  ])('is refused at the start: %s', (field, change) => {
    expect(() => engineOf(change)).toThrow(field)
  })
})
