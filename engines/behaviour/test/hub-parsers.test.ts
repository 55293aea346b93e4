import { describe, expect, it } from 'vitest'
import type { EventRecord } from '@sevenfold/behaviour'
import { GoTime, HubEngine } from '@sevenfold/behaviour'
import { benchOf, ruleDocument, rulesOf } from './own-rules.ts'

/** Takes a line through nodes of one stage after which a last one takes note; gives the record, or why there is none. */
function parsed(
  node: object,
  raw = 'sshd: Invalid user ana from 192.0.2.7',
  labels: object = {},
): EventRecord | string {
  let record: EventRecord | undefined
  const file = (value: object): { documents: ReturnType<typeof ruleDocument>[] } => ({
    documents: [ruleDocument(value)],
  })
  const last = { name: 'own/last', filter: 'true', statics: [{ parsed: 'last', value: 'yes' }] }
  const files = {
    ...rulesOf({}),
    parsers: [
      { stage: 's00-raw', name: 'a.yaml', ...file({ name: 'own/it', onsuccess: 'next_stage', ...node }) },
      { stage: 's01-parse', name: 'z.yaml', ...file(last) },
    ],
  }
  const engine = new HubEngine(files, {
    clock: 'log',
    facilities: {
      now: () => new GoTime(Date.UTC(2026, 0, 1)),
      geo: {
        city: (ip) =>
          ip === '192.0.2.7' ? { isoCode: 'FR', latitude: 46, longitude: 2.5, isInEu: true } : undefined,
        asn: () => ({ number: 64_500, organization: 'Example' }),
        range: () => '192.0.2.0/24',
      },
    },
    onOverflow: () => {},
    observer: { tried: (stage, _, it) => (record = stage === 's01-parse' ? it : record) },
  })
  const [problem] = engine.rules.problems
  if (problem !== undefined) return `problem: ${problem.message}`
  const all = new Map(Object.entries({ type: 'own', ...labels }))
  const outcome = engine.takeLine({ raw, source: 'own.log', module: 'file', labels: all })
  return record ?? outcome
}

/** Parsed and Meta of a node's record in one object; what came of the line where there is none. */
function fieldsOf(node: object, raw?: string): unknown {
  const record = parsed(node, raw)
  if (typeof record === 'string') return record
  return { ...Object.fromEntries(record.Parsed), ...Object.fromEntries(record.Meta) }
}

const grok = { apply_on: 'Line.Raw', pattern: '^%{WORD:program}: %{GREEDYDATA:message}' }
const says = (name: string, expression: string): object => ({ parsed: name, expression })

describe('nodes of parsers', () => {
  it('write what their grok finds, and assign in order', () => {
    const statics = [
      { meta: 'service', value: 'ssh' },
      says('both', "evt.Parsed.program + '/' + evt.Meta.service"),
    ]
    expect(fieldsOf({ grok, statics })).toEqual({
      program: 'sshd',
      message: 'Invalid user ana from 192.0.2.7',
      service: 'ssh',
      both: 'sshd/ssh',
      last: 'yes',
    })
  })

  it('fail when the filter is false, fails, or gives no bool', () => {
    for (const filter of ['false', "evt.Parsed.nothing == 'x'", 'int(evt.Line.Raw) == 1'])
      expect(fieldsOf({ filter, grok })).toBe('unparsed')
    expect(fieldsOf({ filter: '1 + 1', grok })).toBe('unparsed')
  })

  it('fail when the field of their grok is not there', () => {
    expect(fieldsOf({ grok: { ...grok, apply_on: 'nothing' } })).toBe('unparsed')
  })

  it('read the result of an expression', () => {
    const own = { expression: 'Upper(evt.Line.Raw)', pattern: '^%{WORD:program}:' }
    expect(fieldsOf({ grok: own })).toMatchObject({ program: 'SSHD' })
  })

  it('assign texts, ints and floats, and pass over what is empty, nil or a map', () => {
    const statics = [
      says('int', 'len(evt.Line.Labels)'),
      says('float', '1.5'),
      says('empty', "''"),
      says('nil', 'nil'),
      says('map', 'evt.Unmarshaled'),
      says('failed', 'evt.Unmarshaled.a.b.c'),
      says('after', "'all'"),
    ]
    expect(fieldsOf({ statics })).toEqual({ int: '1', float: '1.500000', after: 'all', last: 'yes' })
  })

  it('end the line when a value can be no text', () => {
    expect(fieldsOf({ statics: [says('bool', '1 == 1')] })).toBe('unparsed')
  })

  it('a child makes up for a grok that failed', () => {
    const child = { grok: { apply_on: 'Line.Raw', pattern: 'user %{WORD:user}' } }
    const node = { grok: { ...grok, pattern: 'nothing %{WORD:x}' }, nodes: [child] }
    expect(fieldsOf(node)).toMatchObject({ user: 'ana' })
    expect(fieldsOf({ ...node, nodes: [{ grok: { ...grok, pattern: 'nor %{WORD:x}' } }] })).toBe('unparsed')
  })

  it('a grok that matched holds when children fail', () => {
    const node = { grok, nodes: [{ filter: 'false', statics: [says('x', "'y'")] }] }
    expect(fieldsOf(node)).toMatchObject({ program: 'sshd' })
  })

  it('without a grok the last child that was tried decides', () => {
    const yes = { filter: 'true', statics: [says('a', "'b'")] }
    const no = { filter: 'false', statics: [says('c', "'d'")] }
    expect(fieldsOf({ nodes: [no, yes], onsuccess: 'next_stage' })).toMatchObject({ a: 'b' })
    // next_stage ends at the first child that succeeds.
    expect(fieldsOf({ nodes: [yes, no], onsuccess: 'next_stage' })).toMatchObject({ a: 'b' })
  })

  it('many children over one field give what each alone gives', () => {
    const nodes = ['alpha', 'beta', 'user', 'gamma', 'from'].map((word) => ({
      grok: { apply_on: 'Line.Raw', pattern: `${word} %{NOTSPACE:${word}}` },
    }))
    expect(fieldsOf({ nodes, onsuccess: 'continue' })).toBe('unparsed')
    expect(fieldsOf({ nodes: nodes.slice(0, 3) })).toMatchObject({ user: 'ana' })
    expect(fieldsOf({ nodes: nodes.toReversed() })).toMatchObject({ from: '192.0.2.7' })
  })

  it('patterns of a node are known to its grok and to its children', () => {
    const node = {
      pattern_syntax: { OWN: '[a-z]+d', TWICE: '%{OWN:own}:' },
      grok: { apply_on: 'Line.Raw', pattern: '^%{TWICE}' },
      nodes: [{ grok: { apply_on: 'Line.Raw', name: 'TWICE' } }],
    }
    expect(fieldsOf(node)).toMatchObject({ own: 'sshd' })
  })

  it('a line that no node leads out of its stage is not parsed', () => {
    expect(fieldsOf({ grok, onsuccess: 'continue' })).toBe('unparsed')
  })

  it('targets lead into the record, and nowhere else', () => {
    const target = (path: string): object => ({ target: path, value: 'x' })
    const record = parsed({
      statics: [
        'evt.StrTime',
        'Line.Module',
        'evt.Meta.a',
        'Unmarshaled.b',
        'Line.Labels.c',
        'nowhere',
        'evt.Process',
        'Parsed.__proto__',
      ].map(target),
    })
    if (typeof record === 'string') throw new Error(record)
    expect([
      record.StrTime,
      record.Line.Module,
      record.Meta.get('a'),
      record.Unmarshaled.get('b'),
      record.Line.Labels.get('c'),
      record.Parsed.get('__proto__'),
    ]).toEqual(['x', 'x', 'x', 'x', 'x', 'x'])
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })

  it('enrich by address and by date', () => {
    const method = (name: string, expression: string): object => ({ method: name, expression })
    const statics = [
      method('GeoIpCity', "'192.0.2.7'"),
      method('GeoIpASN', "'192.0.2.7'"),
      method('IpToRange', "'192.0.2.7'"),
      method('ParseDate', "'Feb 10 10:11:12'"),
    ]
    const record = parsed({ statics })
    if (typeof record === 'string') throw new Error(record)
    expect(Object.fromEntries(record.Enriched)).toEqual({
      IsoCode: 'FR',
      IsInEU: 'true',
      Latitude: '46.000000',
      Longitude: '2.500000',
      ASNNumber: '64500',
      ASNumber: '64500',
      ASNOrg: 'Example',
      SourceRange: '192.0.2.0/24',
      MarshaledTime: '2026-02-10T10:11:12Z',
    })
    expect(record.Time.toRfc3339()).toBe('2026-02-10T10:11:12Z')
  })

  it('a date that is none counts as now', () => {
    const record = parsed({ statics: [{ method: 'ParseDate', expression: "'soon'" }] })
    expect(typeof record === 'string' ? record : record.Enriched.get('MarshaledTime')).toBe(
      '2026-01-01T00:00:00Z',
    )
  })
})

describe('whitelists', () => {
  const bench = (whitelist: object, statics: readonly object[] = []): ReturnType<typeof benchOf> => {
    const scenario = {
      type: 'trigger',
      name: 'own/it',
      description: 'x',
      filter: 'true',
      groupby: 'evt.Meta.source_ip',
    }
    const enrichers = [{ name: 'own/spare', whitelist: { reason: 'friends', ...whitelist }, statics }]
    return benchOf(rulesOf({ scenarios: [scenario], enrichers }))
  }
  const cases: readonly (readonly [whitelist: object, address: string, spared: boolean])[] = [
    [{ ip: ['192.0.2.7'] }, '192.0.2.7', true],
    [{ ip: ['192.0.2.7'] }, '192.0.2.70', false],
    [{ cidr: ['192.0.2.0/29'] }, '192.0.2.7', true],
    [{ cidr: ['192.0.2.0/29'] }, '192.0.2.8', false],
    [{ cidr: ['2001:db8::/32'] }, '2001:db8::7', true],
    [{ cidr: ['0.0.0.0/0'] }, '2001:db8::7', false],
    [{ ip: ['192.0.2.7'] }, '::ffff:192.0.2.7', false],
    [{ expression: ["evt.Meta.source_ip startsWith '192.0.'"] }, '192.0.2.7', true],
    [{ expression: ['false', "evt.Meta.user == 'ana'"] }, '192.0.2.7', true],
    [{ expression: ['int(evt.Meta.user) == 1', 'true'] }, '192.0.2.7', false],
    [{ ip: ['192.0.2.7'] }, 'nobody', false],
  ]
  for (const [whitelist, address, spared] of cases) {
    it(`${JSON.stringify(whitelist)} ${spared ? 'spares' : 'does not spare'} ${address}`, () => {
      const it = bench(whitelist)
      expect(it.engine.rules.problems).toEqual([])
      it.feed([0, `kind=bad source_ip=${address} user=ana`])
      expect(it.engine.counters().whitelisted).toBe(spared ? 1 : 0)
    })
  }
})

describe('rules that cannot be used', () => {
  const problemsOf = (parts: Parameters<typeof rulesOf>[0]): readonly string[] =>
    benchOf(rulesOf(parts)).engine.rules.problems.map(
      ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
    )
  const scenario = { type: 'trigger', name: 'own/it', description: 'x', filter: 'true' }

  it('say what is wrong and where, and the others load', () => {
    expect(problemsOf({ scenarios: [{ ...scenario, capcity: 3 }, scenario] })).toEqual([
      'own0.yaml:2:1: unknown key "capcity"',
    ])
    expect(problemsOf({ scenarios: [{ ...scenario, type: 'funnel' }] })).toEqual([
      'own0.yaml:2:2: type must be one of leaky, trigger, counter, conditional, bayesian',
    ])
    expect(problemsOf({ scenarios: [{ ...scenario, filter: 'evt.Meta.' }] })[0]).toMatch(
      /^own0\.yaml:2:2: filter: /u,
    )
    expect(problemsOf({ scenarios: [{ ...scenario, filter: 'evt.Nothing' }] })[0]).toMatch(
      /^own0\.yaml:2:2: filter: /u,
    )
    expect(
      problemsOf({ enrichers: [{ name: 'a', grok: { apply_on: 'message', pattern: '%{NOBODY:x}' } }] }),
    ).toEqual(['own2.yaml:3:2: there is no pattern NOBODY'])
    expect(problemsOf({ enrichers: [{ name: 'a', statics: [{ meta: 'x', values: 'y' }] }] })).toEqual([
      'own2.yaml:4:1: unknown key "values"',
      'own2.yaml:3:2: value or expression is needed',
    ])
    expect(problemsOf({ enrichers: [{ name: 'a', whitelist: { ip: ['everybody'] } }] })).toEqual([
      'own2.yaml:2:2: everybody is no address and no network',
    ])
  })

  const wrong: readonly (readonly [name: string, value: object])[] = [
    ['a leaky bucket without capacity', { ...scenario, type: 'leaky', leakspeed: '1s' }],
    ['a leaky bucket without leakspeed', { ...scenario, type: 'leaky', capacity: 1 }],
    ['a leakspeed that is no duration', { ...scenario, type: 'leaky', capacity: 1, leakspeed: 'soon' }],
    ['a leakspeed of nothing', { ...scenario, type: 'leaky', capacity: 1, leakspeed: '0s' }],
    ['a capacity beyond the limit', { ...scenario, type: 'leaky', capacity: 100_001, leakspeed: '1s' }],
    ['a trigger with a capacity', { ...scenario, capacity: 1 }],
    ['a counter without duration', { ...scenario, type: 'counter', capacity: -1 }],
    [
      'a conditional bucket without condition',
      { ...scenario, type: 'conditional', capacity: -1, leakspeed: '1s' },
    ],
    [
      'a bayesian bucket without conditions',
      { ...scenario, type: 'bayesian', capacity: -1, bayesian_prior: 0.5, bayesian_threshold: 0.5 },
    ],
    ['no name', { ...scenario, name: '' }],
    ['no description', { ...scenario, description: '' }],
    ['no filter', { ...scenario, filter: '' }],
    ['an expression for the scope Ip', { ...scenario, scope: { type: 'Ip', expression: 'evt.Meta.x' } }],
    ['a scope of its own without expression', { ...scenario, scope: { type: 'user' } }],
    ['a filter that is a list', { ...scenario, filter: ['true'] }],
    ['labels that are a text', { ...scenario, labels: 'x' }],
  ]
  for (const [name, value] of wrong)
    it(`among them: ${name}`, () => expect(problemsOf({ scenarios: [value] })).not.toEqual([]))

  it('take capacity at its limit', () => {
    expect(
      problemsOf({ scenarios: [{ ...scenario, type: 'leaky', capacity: 100_000, leakspeed: '1s' }] }),
    ).toEqual([])
  })

  it('made of JavaScript do nothing but fail to load', () => {
    const attacks = [
      'process.exit(1)',
      "require('fs')",
      "evt.constructor.constructor('return process')()",
      "this.constructor.constructor('return process')()",
      '(() => 1)()',
      '`${process.version}`',
      "evt['__proto__']['polluted'] = 1",
      'evt.Meta.constructor.constructor("x")()',
      'globalThis',
      'import("fs")',
      '"; process.exit(1); "',
      '*/ process.exit(1) /*',
      'true\n;process.exit(1)',
    ]
    for (const filter of attacks) {
      const bench = benchOf(rulesOf({ scenarios: [{ ...scenario, filter, groupby: filter }] }))
      bench.feed([0, 'kind=bad source_ip=192.0.2.7'])
      expect(bench.alerts()).toEqual([])
    }
    const names = benchOf(
      rulesOf({
        scenarios: [{ ...scenario, name: '__proto__' }],
        enrichers: [{ name: 'constructor', statics: [{ meta: '__proto__', value: '"];process.exit(1)//' }] }],
      }),
    )
    names.feed([0, 'kind=bad source_ip=192.0.2.7'])
    expect(names.overflows[0]?.Overflow?.Alert.Events[0]?.Meta[0]).toEqual({
      Key: '__proto__',
      Value: '"];process.exit(1)//',
    })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
