import { describe, expect, it } from 'vitest'
import { benchOf, rulesOf } from './own-rules.ts'

const leaky = {
  type: 'leaky',
  name: 'own/it',
  description: 'x',
  filter: "evt.Meta.kind == 'bad'",
  groupby: 'evt.Meta.source_ip',
  capacity: 2,
  leakspeed: '1h',
  labels: { remediation: true },
}

describe('hostile lines', () => {
  const huge = 'x'.repeat(1_048_576)
  const lines: readonly (readonly [name: string, raw: string])[] = [
    ['1 MB of one letter', huge],
    ['1 MB of words', 'kind=bad '.repeat(116_508)],
    ['1 MB in one value', `2026-02-10T12:00:00Z kind=bad source_ip=192.0.2.7 user=${huge}`],
    ['NULs', '2026-02-10T12:00:00Z kind=bad\0 source_ip=192.0.2.7\0'],
    [
      'broken UTF-8, as it is decoded',
      Buffer.from([0x6b, 0xff, 0xfe, 0xc0, 0x80, 0x20, 0xed, 0xa0, 0x80]).toString('utf8'),
    ],
    ['lone surrogates', '2026-02-10T12:00:00Z kind=\ud800 source_ip=\udfff'],
    ['nothing', ''],
    ['a year far off', '9999-12-31T23:59:59Z kind=bad source_ip=192.0.2.7'],
    ['a year before all', '0001-01-01T00:00:00Z kind=bad source_ip=192.0.2.7'],
    ['no year', 'Feb kind=bad source_ip=192.0.2.7'],
    ['names of the prototype', '2026-02-10T12:00:00Z __proto__=bad constructor=bad source_ip=192.0.2.7'],
  ]
  for (const [name, raw] of lines) {
    it(`${name}: nothing is thrown, and the next line is judged`, () => {
      const bench = benchOf(rulesOf({ scenarios: [{ ...leaky, type: 'trigger', capacity: 0 }] }))
      bench.engine.takeLine({ raw, source: 'own.log', module: 'file', labels: new Map([['type', 'own']]) })
      bench.feed([0, 'kind=bad source_ip=192.0.2.99'])
      expect(bench.alerts()).toContain('own/it Ip 192.0.2.99 1')
      expect(bench.faults).toEqual([])
    })
  }

  it('a line from the future does not end the buckets of others', () => {
    const bench = benchOf(rulesOf({ scenarios: [leaky] }))
    bench.feed([0, 'kind=bad source_ip=192.0.2.7'], [1, 'kind=bad source_ip=192.0.2.7'])
    bench.feed([1e8, 'kind=bad source_ip=198.51.100.1'], [2, 'kind=bad source_ip=192.0.2.7'])
    expect(bench.alerts()).toEqual(['own/it Ip 192.0.2.7 3'])
  })
})

describe('a flood of sources', () => {
  const fill = (
    maxBuckets: number,
    sources: (n: number) => string,
    count: number,
  ): ReturnType<typeof benchOf> => {
    const bench = benchOf(rulesOf({ scenarios: [leaky] }), { maxBuckets })
    bench.feed([0, 'kind=bad source_ip=203.0.113.9'], [0, 'kind=bad source_ip=203.0.113.9'])
    for (let n = 0; n < count; n += 1) bench.feed([0, `kind=bad source_ip=${sources(n)}`])
    return bench
  }

  it('of one IPv6 network pushes out only its own', () => {
    const bench = fill(1_000, (n) => `2001:db8:${(n >> 8).toString(16)}::${(n & 255).toString(16)}`, 5_000)
    const { buckets, evicted, refused } = bench.engine.counters()
    // An eighth of the room for one network, and the victim's bucket.
    expect({ buckets, evicted, refused }).toEqual({ buckets: 126, evicted: 4_875, refused: 0 })
    bench.feed([1, 'kind=bad source_ip=203.0.113.9'])
    expect(bench.alerts()).toEqual(['own/it Ip 203.0.113.9 3'])
  })

  it('of many networks is refused where there is no room, and part-filled buckets stay', () => {
    const bench = fill(1_000, (n) => `10.${n >> 8}.${n & 255}.1`, 5_000)
    const { buckets, refused } = bench.engine.counters()
    expect({ buckets, refused }).toEqual({ buckets: 1_000, refused: 4_001 })
    bench.feed([1, 'kind=bad source_ip=203.0.113.9'])
    expect(bench.alerts()).toEqual(['own/it Ip 203.0.113.9 3'])
  })

  it('finds room again once buckets have leaked out', () => {
    const bench = fill(1_000, (n) => `10.${n >> 8}.${n & 255}.1`, 2_000)
    bench.feed(
      [4 * 3600, 'kind=bad source_ip=192.0.2.7'],
      [4 * 3600 + 1, 'kind=bad source_ip=192.0.2.7'],
      [4 * 3600 + 2, 'kind=bad source_ip=192.0.2.7'],
    )
    expect(bench.alerts()).toEqual(['own/it Ip 192.0.2.7 3'])
    expect(bench.engine.counters().buckets).toBeLessThan(5)
  })
})

describe('a scenario that throws', () => {
  it('is switched off and reported once; the others go on', () => {
    const scenarios = [
      { ...leaky, type: 'trigger', capacity: 0, name: 'own/bad' },
      { ...leaky, type: 'trigger', capacity: 0, name: 'own/good' },
    ]
    const seen: string[] = []
    const bench = benchOf(rulesOf({ scenarios }), {
      onOverflow: ({ Overflow }) => {
        if (Overflow?.Alert.Scenario === 'own/bad') throw new Error('broken')
        seen.push(Overflow?.Alert.Scenario ?? '')
      },
    })
    bench.feed([0, 'kind=bad source_ip=192.0.2.7'], [1, 'kind=bad source_ip=192.0.2.7'])
    expect([bench.faults, seen, bench.engine.counters().disabled]).toEqual([
      ['own/bad'],
      ['own/good', 'own/good'],
      1,
    ])
  })
})

describe('the stopwatch', () => {
  it('shows the time of each scenario', () => {
    let micros = 0
    const bench = benchOf(rulesOf({ scenarios: [leaky] }), { stopwatch: () => (micros += 5) })
    for (let n = 0; n < 600; n += 1) bench.feed([n, `kind=bad source_ip=192.0.${n % 200}.7`])
    const [scenario] = bench.engine.scenarios
    expect(scenario?.counters).toMatchObject({ matched: 600, poured: 600, failed: 0 })
    expect(scenario?.counters.cpuMicros).toBeGreaterThan(600 * 5)
  })
})
