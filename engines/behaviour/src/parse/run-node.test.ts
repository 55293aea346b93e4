import { describe, expect, it } from 'vitest'
import { benchOf, rulesOf } from '../../test/own-rules.ts'
import type { HubEngineOptions } from '@sevenfold/behaviour'

const trigger = {
  name: 'own/it',
  description: 'a scenario of a test',
  type: 'trigger',
  filter: "evt.Meta.kind == 'bad'",
  groupby: 'evt.Meta.source_ip',
  labels: { remediation: true },
}

/** A node over `message` with a child for each pattern, up to the first that matches; what it found goes to `Meta.kind`. */
const choice = (patterns: readonly string[], more: object = {}): object => ({
  name: 'own/choice',
  onsuccess: 'next_stage',
  nodes: patterns.map((pattern) => ({ grok: { apply_on: 'message', pattern } })),
  statics: [{ meta: 'kind', expression: 'evt.Parsed.found' }],
  ...more,
})

const three = [
  'Failed password for %{WORD:found}',
  'Invalid user %{WORD:found}',
  'Connection closed by %{WORD:found}',
]

function kinds(node: object, rest: readonly string[], options: Partial<HubEngineOptions> = {}): number {
  const files = rulesOf({ scenarios: [trigger], enrichers: [node] })
  const bench = benchOf(files, options)
  expect(bench.engine.rules.problems).toEqual([])
  bench.feed(...rest.map((text, n) => [n, `source_ip=192.0.2.${n + 1} ${text}`] as [number, string]))
  return bench.alerts().length
}

/** What observers see is what happens without them: they switch all short cuts off. */
const both = (node: object, rest: readonly string[]): readonly number[] => [
  kinds(node, rest),
  kinds(node, rest, { observer: {} }),
]

describe('the children of a node', () => {
  const rows: readonly (readonly [name: string, node: object, lines: readonly string[], alerts: number])[] = [
    ['are passed over where none can match', choice(three), ['Accepted password for bad'], 0],
    ['are tried where one can', choice(three), ['Failed password for bad', 'Invalid user bad'], 2],
    ['are tried whatever the case of a literal', choice(three), ['failed password for bad'], 0],
    ['are tried where only some need a literal', choice([...three, '^(?:.*) %{WORD:found}$']), ['x bad'], 1],
    [
      'run although their node has a pattern that matched',
      choice(three, { grok: { apply_on: 'message', pattern: 'source_ip=%{NOTSPACE:ip}' } }),
      ['Failed password for bad', 'nothing for bad'],
      1,
    ],
    [
      'make up for a pattern of their node that did not',
      choice(three, { grok: { apply_on: 'message', pattern: 'never %{WORD:no}' } }),
      ['Invalid user bad', 'Invalid'],
      1,
    ],
    [
      'of two patterns need no filter',
      choice(three.slice(0, 2)),
      ['Invalid user bad', 'Connection closed by bad'],
      1,
    ],
  ]
  for (const [name, node, lines, alerts] of rows)
    it(name, () => expect(both(node, lines)).toEqual([alerts, alerts]))

  it('with a whitelist of their own are tried although none can match', () => {
    const spared = {
      nodes: [
        ...three.map((pattern) => ({ grok: { apply_on: 'message', pattern } })),
        {
          grok: { apply_on: 'message', pattern: 'never %{WORD:found}' },
          whitelist: { reason: 'own', ip: ['192.0.2.1'] },
        },
      ],
      statics: [],
    }
    const marked = { name: 'own/mark', statics: [{ meta: 'kind', value: 'bad' }] }
    for (const options of [{}, { observer: {} }]) {
      const files = rulesOf({ scenarios: [trigger], enrichers: [{ name: 'own/spare', ...spared }, marked] })
      const bench = benchOf(files, options)
      bench.feed([0, 'source_ip=192.0.2.1 x'], [1, 'source_ip=192.0.2.2 x'])
      expect(bench.alerts()).toEqual(['own/it Ip 192.0.2.2 1'])
    }
  })

  it('see what a child before them wrote; the last decides', () => {
    const chain = {
      name: 'own/chain',
      nodes: [
        { grok: { apply_on: 'message', pattern: 'first %{WORD:message}' } },
        { grok: { apply_on: 'message', pattern: 'third %{WORD:found}' } },
        { grok: { apply_on: 'message', pattern: '^second%{NOTSPACE:found}' } },
      ],
      statics: [{ meta: 'kind', expression: 'evt.Parsed.found' }],
    }
    expect(both(chain, ['first secondbad', 'second bad'])).toEqual([1, 1])
  })
})
