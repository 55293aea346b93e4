import { describe, expect, it } from 'vitest'
import type { HubEngineOptions } from '@sevenfold/behaviour'
import { benchOf, rulesOf } from './own-rules.ts'

/** Reads `kind=K source_ip=A …` and, by a grok, `field=VALUE` into Parsed.f; nothing but the rule of a case reads that. */
const grok = {
  name: 'own/fields',
  grok: { apply_on: 'message', pattern: 'field=%{NOTSPACE:f} other=%{NOTSPACE:g}' },
}

const base = {
  name: 'own/it',
  description: 'a scenario of a test',
  filter: "evt.Meta.kind == 'bad'",
  groupby: 'evt.Meta.source_ip',
  labels: { remediation: true },
}
const leaky = { ...base, type: 'leaky', capacity: 1, leakspeed: '10s' }
const trigger = { ...base, type: 'trigger' }

interface Case {
  readonly name: string
  readonly scenarios: readonly object[]
  readonly enrichers?: readonly object[]
  readonly postoverflows?: readonly object[]
  readonly contexts?: readonly object[]
  /** Values of the field, one a line. */
  readonly fields: readonly string[]
  readonly alerts: number
}

const cases: readonly Case[] = [
  {
    name: 'a filter',
    scenarios: [{ ...trigger, filter: "evt.Parsed.f == 'x'" }],
    fields: ['x', 'y', 'x'],
    alerts: 2,
  },
  { name: 'groupby', scenarios: [{ ...leaky, groupby: 'evt.Parsed.f' }], fields: ['x', 'y', 'x'], alerts: 1 },
  {
    name: 'distinct',
    scenarios: [{ ...leaky, distinct: 'evt.Parsed.f' }],
    fields: ['x', 'x', 'y'],
    alerts: 1,
  },
  {
    name: 'cancel_on',
    scenarios: [{ ...leaky, cancel_on: "evt.Parsed.f == 'stop'" }],
    fields: ['x', 'stop', 'x'],
    alerts: 0,
  },
  {
    name: 'a condition over the queue',
    scenarios: [
      {
        ...base,
        type: 'conditional',
        capacity: -1,
        leakspeed: '10s',
        condition: "any(queue.Queue, {.Parsed.f == 'x'})",
      },
    ],
    fields: ['y', 'y', 'x'],
    alerts: 1,
  },
  {
    name: 'an overflow filter',
    scenarios: [{ ...leaky, overflow_filter: "any(queue.Queue, {.Parsed.f == 'x'})" }],
    fields: ['x', 'x', 'y', 'y'],
    alerts: 1,
  },
  {
    name: 'an assignment of another parser',
    enrichers: [{ name: 'own/more', statics: [{ meta: 'kind', expression: 'evt.Parsed.f' }] }],
    scenarios: [trigger],
    fields: ['bad', 'good'],
    alerts: 1,
  },
  {
    name: 'another grok',
    enrichers: [
      {
        name: 'own/more',
        grok: { apply_on: 'f', pattern: '^(?:)%{WORD:w}$', statics: [{ meta: 'kind', value: 'good' }] },
      },
    ],
    scenarios: [trigger],
    fields: ['word', '--'],
    alerts: 1,
  },
  {
    name: 'a whitelist',
    enrichers: [{ name: 'own/more', whitelist: { reason: 'own', expression: ["evt.Parsed.f == 'spare'"] } }],
    scenarios: [trigger],
    fields: ['spare', 'x'],
    alerts: 1,
  },
]

function alertsOf({ fields, ...rules }: Case, options: Partial<HubEngineOptions>): readonly string[] {
  const files = rulesOf({ ...rules, enrichers: [grok, ...(rules.enrichers ?? [])] })
  const bench = benchOf(files, options)
  expect(bench.engine.rules.problems).toEqual([])
  bench.feed(
    ...fields.map(
      (field, n) => [n, `kind=bad source_ip=192.0.2.7 field=${field} other=${n}`] as [number, string],
    ),
  )
  return bench.alerts()
}

describe('a field that is read only by', () => {
  for (const one of cases) {
    it(`${one.name} is there`, () => {
      const alerts = alertsOf(one, {})
      expect(alerts).toHaveLength(one.alerts)
      expect(alerts).toEqual(alertsOf(one, { backend: 'closures' }))
      // All fields are written for those who look from outside.
      expect(alerts).toEqual(alertsOf(one, { observer: {} }))
    })
  }

  it('a context is there', () => {
    const contexts = [{ context: { field: ['evt.Parsed.f'] } }]
    const bench = benchOf(rulesOf({ scenarios: [trigger], enrichers: [grok], contexts }))
    bench.feed([0, 'kind=bad source_ip=192.0.2.7 field=x other=1'])
    expect(bench.overflows.flatMap(({ Overflow }) => Overflow?.Alert.Meta ?? [])).toContainEqual({
      Key: 'field',
      Value: '["x"]',
    })
  })
})
