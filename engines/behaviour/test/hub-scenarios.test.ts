import { describe, expect, it } from 'vitest'
import { benchOf, rulesOf } from './own-rules.ts'
import type { Bench } from './own-rules.ts'

const base = {
  name: 'own/it',
  description: 'a scenario of a test',
  filter: "evt.Meta.kind == 'bad'",
  groupby: 'evt.Meta.source_ip',
  labels: { remediation: true },
}
const leaky = { ...base, type: 'leaky', capacity: 2, leakspeed: '10s' }

type Line = readonly [seconds: number, rest: string]

const bad = (seconds: number, ip = '192.0.2.7', more = ''): Line => [
  seconds,
  `kind=bad source_ip=${ip}${more === '' ? '' : ` ${more}`}`,
]

interface Case {
  readonly name: string
  readonly scenarios: readonly object[]
  readonly lines: readonly Line[]
  readonly alerts: readonly string[]
}

const cases: readonly Case[] = [
  {
    name: 'a leaky bucket overflows with one event more than its capacity',
    scenarios: [leaky],
    lines: [bad(0), bad(1), bad(2), bad(3)],
    alerts: ['own/it Ip 192.0.2.7 3'],
  },
  {
    name: 'a leaky bucket leaks one event per leakspeed',
    scenarios: [leaky],
    lines: [bad(0), bad(1), bad(10), bad(21), bad(31), bad(32)],
    alerts: ['own/it Ip 192.0.2.7 6'],
  },
  {
    name: 'a bucket that was idle for its lifetime begins anew',
    scenarios: [leaky],
    lines: [bad(0), bad(1), bad(31.5), bad(32), bad(33)],
    alerts: ['own/it Ip 192.0.2.7 3'],
  },
  {
    name: 'buckets of different groups are apart',
    scenarios: [leaky],
    lines: [bad(0), bad(0, '192.0.2.8'), bad(1), bad(1, '192.0.2.8'), bad(2)],
    alerts: ['own/it Ip 192.0.2.7 3'],
  },
  {
    name: 'time that runs backwards gains nothing',
    scenarios: [leaky],
    lines: [bad(100), bad(0), bad(50)],
    alerts: [],
  },
  {
    name: 'distinct counts each value once',
    scenarios: [{ ...leaky, distinct: 'evt.Meta.page' }],
    lines: ['a', 'a', 'b', 'b', 'c', 'c'].map((page, n) => bad(n, '192.0.2.7', `page=${page}`)),
    alerts: ['own/it Ip 192.0.2.7 3'],
  },
  {
    name: 'cancel_on empties a bucket silently',
    scenarios: [
      { ...leaky, filter: "evt.Meta.kind in ['bad', 'good']", cancel_on: "evt.Meta.kind == 'good'" },
    ],
    lines: [bad(0), bad(1), [2, 'kind=good source_ip=192.0.2.7'], bad(3), bad(4)],
    alerts: [],
  },
  {
    name: 'a blackhole keeps the second overflow back, and only as long as it lasts',
    scenarios: [{ ...leaky, blackhole: '1m' }],
    lines: [...[0, 1, 2, 3, 4, 5].map((n) => bad(n)), ...[63, 64, 65].map((n) => bad(n))],
    alerts: ['own/it Ip 192.0.2.7 3', 'own/it Ip 192.0.2.7 3'],
  },
  {
    name: 'an overflow_filter has the last word',
    scenarios: [{ ...leaky, overflow_filter: 'any(queue.Queue, {.Meta.user == "root"})' }],
    lines: [
      ...[0, 1, 2].map((n) => bad(n, '192.0.2.7', 'user=ana')),
      ...[3, 4, 5].map((n) => bad(n, '192.0.2.8', 'user=root')),
    ],
    alerts: ['own/it Ip 192.0.2.8 3'],
  },
  {
    name: 'a trigger overflows with each event, also with one that names no time',
    scenarios: [{ ...base, type: 'trigger' }],
    lines: [bad(0), bad(1)],
    alerts: ['own/it Ip 192.0.2.7 1', 'own/it Ip 192.0.2.7 1'],
  },
  {
    name: 'a counter holds its window and then overflows with what it counted',
    scenarios: [{ ...base, type: 'counter', capacity: -1, duration: '30s' }],
    lines: [bad(0), bad(10), bad(29), [31, 'kind=other source_ip=192.0.2.1'], bad(32)],
    alerts: ['own/it Ip 192.0.2.7 3'],
  },
  {
    name: 'a conditional bucket asks its condition after each event',
    scenarios: [
      {
        ...base,
        type: 'conditional',
        capacity: -1,
        leakspeed: '60s',
        condition: 'len(queue.Queue) >= 2 and queue.Queue[-1].Meta.user == "root"',
      },
    ],
    lines: [
      bad(0, '192.0.2.7', 'user=root'),
      bad(1, '192.0.2.7', 'user=ana'),
      bad(2, '192.0.2.7', 'user=root'),
    ],
    alerts: ['own/it Ip 192.0.2.7 3'],
  },
  {
    name: 'a conditional bucket forgets what is older than its leakspeed',
    scenarios: [
      { ...base, type: 'conditional', capacity: -1, leakspeed: '60s', condition: 'len(queue.Queue) >= 2' },
    ],
    lines: [bad(0), bad(61), bad(130)],
    alerts: [],
  },
  {
    name: 'a bayesian bucket adds its conditions up',
    scenarios: [
      {
        ...base,
        type: 'bayesian',
        capacity: -1,
        leakspeed: '60s',
        bayesian_prior: 0.5,
        bayesian_threshold: 0.8,
        bayesian_conditions: [
          { condition: 'evt.Meta.user == "root"', prob_given_evil: 0.8, prob_given_benign: 0.2 },
          {
            condition: 'len(queue.Queue) >= 2',
            prob_given_evil: 0.9,
            prob_given_benign: 0.5,
            guillotine: true,
          },
        ],
      },
    ],
    lines: [
      bad(0, '192.0.2.7', 'user=root'),
      bad(1, '192.0.2.7', 'user=ana'),
      bad(2, '192.0.2.7', 'user=root'),
    ],
    alerts: ['own/it Ip 192.0.2.7 3'],
  },
  {
    name: 'cache_size bounds the events that an alert carries, not those that it counts',
    scenarios: [{ ...leaky, capacity: 5, cache_size: 2 }],
    lines: [0, 1, 2, 3, 4, 5].map((n) => bad(n)),
    alerts: ['own/it Ip 192.0.2.7 6'],
  },
  {
    name: 'a scope of its own comes from its expression',
    scenarios: [{ ...base, type: 'trigger', scope: { type: 'username', expression: 'evt.Meta.user' } }],
    lines: [bad(0, '192.0.2.7', 'user=ana')],
    alerts: ['own/it username ana 1'],
  },
  {
    name: 'what is no address gives no alert',
    scenarios: [{ ...base, type: 'trigger' }],
    lines: [bad(0, 'nobody'), bad(0, '999.1.1.1'), [1, 'kind=bad'], bad(2, 'fe80::1%eth0')],
    alerts: [],
  },
  {
    name: 'an overflow that is poured again pulls scenarios over overflows',
    scenarios: [
      { ...base, type: 'trigger', reprocess: true },
      {
        ...base,
        name: 'own/again',
        type: 'leaky',
        capacity: 1,
        leakspeed: '60s',
        filter: "evt.GetType() == 'overflow' && evt.Overflow.Alert.Remediation == true",
        groupby: 'evt.Overflow.Alert.Source.IP',
      },
    ],
    lines: [bad(0), bad(1)],
    alerts: ['own/it Ip 192.0.2.7 1', 'own/it Ip 192.0.2.7 1', 'own/again Ip 192.0.2.7 2'],
  },
  {
    name: 'an overflow that pulls itself again and again comes to an end',
    scenarios: [
      {
        ...base,
        name: 'own/loop',
        type: 'trigger',
        reprocess: true,
        filter: "evt.GetType() == 'overflow' or evt.Meta.kind == 'bad'",
        groupby: '"x"',
      },
    ],
    lines: [bad(0)],
    alerts: Array.from({ length: 5 }, () => 'own/loop Ip 192.0.2.7 1'),
  },
  {
    name: 'scenarios of the same name and filter share their buckets',
    scenarios: [
      { ...leaky, capacity: 5 },
      { ...leaky, capacity: 5, distinct: 'evt.Meta.page' },
    ],
    lines: [bad(0), bad(1), bad(2)],
    alerts: ['own/it Ip 192.0.2.7 6'],
  },
  {
    name: 'an evaluation that fails on what an event holds leaves the scenario as it is',
    scenarios: [{ ...base, type: 'trigger', filter: 'int(evt.Meta.n) > 3' }],
    lines: [bad(0, '192.0.2.7', 'n=many'), bad(1, '192.0.2.7', 'n=4')],
    alerts: ['own/it Ip 192.0.2.7 1'],
  },
]

for (const backend of ['generate', 'closures'] as const) {
  describe(`hub scenarios, ${backend}`, () => {
    for (const { name, scenarios, lines, alerts } of cases) {
      it(name, () => {
        const bench = benchOf(rulesOf({ scenarios }), { backend })
        expect(bench.engine.rules.problems).toEqual([])
        bench.feed(...lines)
        expect(bench.alerts()).toEqual(alerts)
        expect(bench.faults).toEqual([])
      })
    }
  })
}

describe('an alert', () => {
  function one(scenario: object, ...lines: readonly Line[]): Bench {
    const bench = benchOf(
      rulesOf({ scenarios: [scenario], contexts: [{ context: { pages: ['evt.Meta.page'] } }] }),
    )
    bench.feed(...lines)
    return bench
  }

  it('says who did what, when and how often', () => {
    const bench = one(
      leaky,
      bad(0, '192.0.2.7', 'page=a'),
      bad(1, '192.0.2.7', 'page=b'),
      bad(2.5, '192.0.2.7', 'page=a'),
    )
    const alert = bench.overflows[0]?.Overflow?.Alert
    expect(alert).toMatchObject({
      Message: "Ip 192.0.2.7 performed 'own/it' (3 events over 2.5s) at 2026-02-10 12:00:02.5 +0000 UTC",
      StartAt: '2026-02-10T12:00:00Z',
      StopAt: '2026-02-10T12:00:02.5Z',
      EventsCount: 3,
      Capacity: 2,
      Leakspeed: '10s',
      Remediation: true,
      Meta: [{ Key: 'pages', Value: '["a","b"]' }],
    })
    expect(alert?.Events.map(({ Timestamp }) => Timestamp.slice(17))).toEqual(['00Z', '01Z', '02.5Z'])
    expect(alert?.Events[0]?.Meta.map(({ Key }) => Key)).toEqual(['kind', 'page', 'source_ip'])
  })

  it('asks for a decision only when its label is exactly true', () => {
    for (const remediation of [false, 'true', 1, undefined]) {
      const bench = one({ ...base, type: 'trigger', labels: { remediation } }, bad(0))
      expect(bench.overflows[0]?.Overflow?.Alert.Remediation).toBe(false)
    }
  })

  it('is spared by a postoverflow', () => {
    const postoverflows = [{ name: 'own/spare', whitelist: { reason: 'friends', cidr: ['192.0.2.0/28'] } }]
    const bench = benchOf(rulesOf({ scenarios: [{ ...base, type: 'trigger' }], postoverflows }))
    bench.feed(bad(0), bad(1, '192.0.2.77'))
    expect(
      bench.overflows.map(({ Overflow, WhitelistReason }) => [Overflow?.Whitelisted, WhitelistReason]),
    ).toEqual([
      [true, 'friends'],
      [false, ''],
    ])
  })
})

describe('clocks', () => {
  it('a live engine goes by the wall clock, whatever lines say', () => {
    const bench = benchOf(rulesOf({ scenarios: [leaky] }), { clock: 'live' })
    const labels = new Map([['type', 'own']])
    for (let n = 0; n < 3; n += 1) {
      const raw = `${new Date(0).toISOString()} kind=bad source_ip=192.0.2.7`
      bench.engine.takeLine({ raw, source: 'own.log', module: 'file', labels })
    }
    expect(bench.overflows[0]?.Overflow?.Alert.StopAt).toBe('2026-02-10T12:00:00Z')
  })

  it('a live counter overflows by time alone', () => {
    const scenario = { ...base, type: 'counter', capacity: -1, duration: '30s' }
    const bench = benchOf(rulesOf({ scenarios: [scenario] }), { clock: 'live' })
    bench.feed(bad(0), bad(1))
    bench.setNow(Date.UTC(2026, 1, 10, 12, 0, 29))
    bench.engine.tick()
    expect(bench.alerts()).toEqual([])
    bench.setNow(Date.UTC(2026, 1, 10, 12, 0, 30))
    bench.engine.tick()
    expect(bench.alerts()).toEqual(['own/it Ip 192.0.2.7 2'])
  })

  it('a replay gives the same alerts each time', () => {
    const run = (): readonly string[] => {
      const bench = benchOf(rulesOf({ scenarios: [{ ...leaky, blackhole: '20s' }] }))
      for (let n = 0; n < 500; n += 1) bench.feed(bad(((n * 7) % 900) / 10, `192.0.2.${n % 3}`))
      return bench.overflows.map(({ Overflow }) => Overflow?.Alert.Message ?? '')
    }
    const first = run()
    expect(first.length).toBeGreaterThan(3)
    expect(run()).toEqual(first)
  })

  it('a stash lives by the time of the lines', () => {
    const enrichers = [
      {
        name: 'own/stash',
        stash: [{ name: 'last', key: 'evt.Meta.source_ip', value: 'evt.Meta.user', ttl: '10s' }],
        filter: "evt.Meta.kind == 'put'",
        statics: [{ parsed: 'x', value: 'y' }],
      },
    ]
    const scenario = {
      ...base,
      type: 'trigger',
      filter: "evt.Meta.kind == 'bad' && GetFromStash('last', evt.Meta.source_ip) == 'ana'",
    }
    const bench = benchOf(rulesOf({ scenarios: [scenario], enrichers }))
    bench.feed(
      [0, 'kind=put source_ip=192.0.2.7 user=ana'],
      bad(5),
      bad(9),
      [25, 'kind=x source_ip=192.0.2.9'],
      bad(26),
    )
    expect(bench.alerts()).toHaveLength(2)
  })
})

describe('a compiled scenario', () => {
  it('knows where its rule starts, whatever key is asked for', () => {
    const [scenario] = benchOf(rulesOf({ scenarios: [leaky] })).engine.scenarios
    const place = scenario?.spec.place
    expect(place?.file).toBe('own0.yaml')
    expect([place?.at(), place?.at('filter')]).toEqual([
      { line: 1, column: 2 },
      { line: 1, column: 2 },
    ])
  })
})
