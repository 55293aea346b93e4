import { describe, expect, it } from 'vitest'
import { compileSigma } from '../src/index.ts'
import type { CorrelationMatch, Correlations, SigmaEvent, SigmaMap, SigmaRuleSet } from '../src/index.ts'

const detection = (name: string, value: string): SigmaMap => ({
  title: name,
  name,
  id: `id-${name}`,
  logsource: { category: 'test' },
  detection: { selection: { action: value }, condition: 'selection' },
})

const base = [detection('failed', 'failed'), detection('login', 'login'), detection('delete', 'delete')]

function correlation(map: SigmaMap, more: SigmaMap = {}): SigmaMap {
  return {
    title: 'c',
    id: 'c',
    correlation: { rules: ['failed'], 'group-by': ['user'], timespan: '1m', ...map },
    ...more,
  }
}

interface Bench {
  readonly rules: SigmaRuleSet
  readonly state: Correlations
  send(seconds: number, event: SigmaEvent): readonly CorrelationMatch[]
}

function bench(documents: readonly SigmaMap[]): Bench {
  const rules = compileSigma(
    [...base, ...documents].map((value, index) => ({ source: String(index), value })),
  )
  expect(rules.problems.map((problem) => problem.error.message)).toEqual([])
  const state = rules.openCorrelations()
  return {
    rules,
    state,
    send: (seconds, event) => state.observe(rules.match(event, { category: 'test' }), event, seconds * 1000),
  }
}

const fail = (user: string, more: SigmaEvent = {}): SigmaEvent => ({ action: 'failed', user, ...more })

describe('event_count', () => {
  const rule = correlation({ type: 'event_count', condition: { gte: 3 } })

  it('fires at the threshold within the window, once, for each group', () => {
    const { send } = bench([rule])
    expect(send(0, fail('ann'))).toEqual([])
    expect(send(10, fail('bob'))).toEqual([])
    expect(send(20, fail('ann'))).toEqual([])
    expect(send(30, fail('ann'))).toMatchObject([{ group: { user: 'ann' }, result: 3, count: 3 }])
    expect(send(31, fail('ann'))).toEqual([])
  })

  it('slides: matches leave the window exactly after its length', () => {
    const { send } = bench([rule])
    send(0, fail('ann'))
    send(30, fail('ann'))
    expect(send(60, fail('ann'))).toEqual([])
    expect(send(89.999, fail('ann'))).toHaveLength(1)
  })

  it('fires again after the window was quiet', () => {
    const { send } = bench([rule])
    for (const seconds of [0, 1]) send(seconds, fail('ann'))
    expect(send(2, fail('ann'))).toHaveLength(1)
    for (const seconds of [200, 201]) send(seconds, fail('ann'))
    expect(send(202, fail('ann'))).toHaveLength(1)
  })

  it('does not join events without the group field', () => {
    const { send } = bench([rule])
    for (let i = 0; i < 5; i += 1) expect(send(i, { action: 'failed' })).toEqual([])
  })

  it('takes events out of order', () => {
    const { send } = bench([rule])
    send(50, fail('ann'))
    send(40, fail('ann'))
    expect(send(55, fail('ann'))).toHaveLength(1)
  })
})

describe('bounds from above', () => {
  it('are judged when the window is over', () => {
    const { send, state } = bench([correlation({ type: 'event_count', condition: { gte: 2, lt: 4 } })])
    send(0, fail('ann'))
    expect(send(1, fail('ann'))).toEqual([])
    expect(state.advance(59_000)).toEqual([])
    expect(state.advance(60_000)).toMatchObject([{ result: 2 }])
    for (let i = 100; i < 105; i += 1) send(i, fail('ann'))
    expect(state.advance(200_000)).toEqual([])
  })
})

describe('the other kinds', () => {
  it('value_count counts different values', () => {
    const { send } = bench([correlation({ type: 'value_count', condition: { gte: 3, field: 'ip' } })])
    for (const [i, ip] of ['a', 'b', 'a', 'b'].entries()) expect(send(i, fail('ann', { ip }))).toEqual([])
    expect(send(9, fail('ann', { ip: 'c' }))).toMatchObject([{ result: 3, count: 5 }])
  })

  it('temporal wants all rules in any order', () => {
    const { send } = bench([correlation({ type: 'temporal', rules: ['failed', 'login', 'id-delete'] })])
    send(0, { action: 'delete', user: 'ann' })
    send(1, fail('ann'))
    expect(send(2, { action: 'login', user: 'ann' })).toHaveLength(1)
  })

  it('temporal_ordered wants them in their order', () => {
    const rule = correlation({ type: 'temporal_ordered', rules: ['failed', 'login', 'delete'] })
    const wrong = bench([rule])
    for (const [i, action] of ['login', 'failed', 'delete'].entries())
      expect(wrong.send(i, { action, user: 'ann' })).toEqual([])
    const right = bench([rule])
    right.send(0, fail('ann'))
    right.send(1, { action: 'login', user: 'ann' })
    expect(right.send(2, { action: 'delete', user: 'ann' })).toHaveLength(1)
  })

  it('value_sum, value_avg and value_percentile look at numbers only', () => {
    const condition = { gte: 100, field: 'bytes' }
    const sum = bench([correlation({ type: 'value_sum', condition })])
    expect(sum.send(0, fail('ann', { bytes: 60 }))).toEqual([])
    expect(sum.send(1, fail('ann', { bytes: 'many' }))).toEqual([])
    expect(sum.send(2, fail('ann', { bytes: '40' }))).toMatchObject([{ result: 100 }])
    const average = bench([correlation({ type: 'value_avg', condition })])
    expect(average.send(0, fail('ann', { bytes: 90 }))).toEqual([])
    expect(average.send(1, fail('ann', { bytes: 110 }))).toMatchObject([{ result: 100 }])
    const percentile = bench([
      correlation({ type: 'value_percentile', condition: { ...condition, percentile: 90 } }),
    ])
    for (let i = 0; i < 9; i += 1) expect(percentile.send(i, fail('ann', { bytes: 1 }))).toEqual([])
    expect(percentile.send(9, fail('ann', { bytes: 500 }))).toEqual([])
    expect(percentile.send(10, fail('ann', { bytes: 500 }))).toMatchObject([{ result: 500 }])
  })
})

describe('aliases, chains and generate', () => {
  it('groups by fields that are called differently in each rule', () => {
    const rule = correlation({
      type: 'temporal',
      rules: ['failed', 'login'],
      'group-by': ['who'],
      aliases: { who: { failed: 'user', login: 'account' } },
    })
    const { send } = bench([rule])
    send(0, fail('ann'))
    expect(send(1, { action: 'login', account: 'ann' })).toMatchObject([{ group: { who: 'ann' } }])
  })

  it('feeds a correlation into the next', () => {
    const many = correlation({ type: 'event_count', condition: { gte: 2 } }, { name: 'many', id: 'many' })
    const chain = correlation({ type: 'temporal_ordered', rules: ['many', 'login'] }, { id: 'chain' })
    const { send } = bench([many, chain])
    send(0, fail('ann'))
    expect(send(1, fail('ann'))).toHaveLength(1)
    expect(send(2, { action: 'login', user: 'ann' })).toMatchObject([{ rule: { id: 'chain' } }])
  })
})

describe('chains', () => {
  const many = correlation(
    { type: 'event_count', 'group-by': ['host'], condition: { gte: 3 } },
    { name: 'many', id: 'many' },
  )
  const chain = correlation({ type: 'temporal_ordered', rules: ['many', 'login'] }, { id: 'chain' })
  const on = (host: string): SigmaEvent => fail('ann', { host })

  it('group by their own fields, whatever the rule below groups by', () => {
    const { send } = bench([many, chain])
    for (const seconds of [0, 1]) send(seconds, on('web1'))
    expect(send(2, on('web1'))).toMatchObject([{ rule: { id: 'many' }, group: { host: 'web1' } }])
    expect(send(3, { action: 'login', user: 'bob' })).toEqual([])
    expect(send(4, { action: 'login', user: 'ann' })).toMatchObject([{ rule: { id: 'chain' } }])
  })

  it('see a match below that goes on, although it began long ago', () => {
    const { send } = bench([many, chain])
    const fired = Array.from({ length: 60 }, (_, n) => send(n * 5, on('web1'))).flat()
    expect(fired).toHaveLength(1)
    expect(send(300, { action: 'login', user: 'ann' })).toMatchObject([{ rule: { id: 'chain' } }])
  })

  it('do not count a match below that goes on as another one', () => {
    const waves = correlation(
      { type: 'event_count', rules: ['many'], 'group-by': ['host'], condition: { gte: 2 } },
      { id: 'waves' },
    )
    const { send } = bench([many, waves])
    const fired = Array.from({ length: 60 }, (_, n) => send(n, on('web1'))).flat()
    expect(fired.map(({ rule }) => rule.id)).toEqual(['many'])
  })

  it('keep their order when a match below goes on before the next rule', () => {
    const ordered = correlation({ type: 'temporal_ordered', rules: ['login', 'many'] }, { id: 'ordered' })
    const { send } = bench([many, ordered])
    for (const seconds of [0, 1, 2]) send(seconds, on('web1'))
    send(3, { action: 'login', user: 'ann' })
    expect(send(4, on('web1'))).toMatchObject([{ rule: { id: 'ordered' } }])
  })

  it('reach from windows that end later', () => {
    const few = correlation(
      { type: 'event_count', 'group-by': ['host'], condition: { lte: 2 } },
      { id: 'few', name: 'few' },
    )
    const next = correlation({ type: 'event_count', rules: ['few'], condition: { gte: 1 } }, { id: 'next' })
    const { send, state } = bench([few, next])
    send(0, on('web1'))
    expect(state.advance(60_000)).toMatchObject([
      { rule: { id: 'few' } },
      { rule: { id: 'next' }, group: { user: 'ann' } },
    ])
  })
})

describe('aliases', () => {
  it('may name rules by id where the correlation names them by name', () => {
    const rule = correlation({
      type: 'value_count',
      rules: ['failed', 'login'],
      'group-by': ['who'],
      aliases: { who: { 'id-failed': 'user', 'id-login': 'account' }, from: { failed: 'ip', login: 'peer' } },
      condition: { gte: 2, field: 'from' },
    })
    const { send } = bench([rule])
    send(0, fail('ann', { ip: '192.0.2.1' }))
    expect(send(1, { action: 'login', account: 'ann', peer: '192.0.2.2' })).toMatchObject([{ result: 2 }])
  })
})

describe('temporal_ordered', () => {
  it('may want the same rule twice', () => {
    const rule = correlation({ type: 'temporal_ordered', rules: ['failed', 'login', 'failed'] })
    const { send } = bench([rule])
    send(0, fail('ann'))
    expect(send(1, { action: 'login', user: 'ann' })).toEqual([])
    expect(send(2, fail('ann'))).toMatchObject([{ result: 3 }])
  })
})

describe('limits of the state', () => {
  it('drop the longest untouched group and the oldest entry, counted', () => {
    const rules = compileSigma(
      [...base, correlation({ type: 'event_count', condition: { gte: 3 } })].map((value) => ({
        source: '',
        value,
      })),
    )
    const state = rules.openCorrelations({ maxGroups: 2, maxEntries: 2 })
    const send = (user: string, ms: number): void =>
      void state.observe(rules.match(fail(user), { category: 'test' }), fail(user), ms)
    for (const [i, user] of ['a', 'b', 'a', 'c', 'a', 'a'].entries()) send(user, i)
    expect(state.state).toEqual({ groups: 2, evictedGroups: 1, evictedEntries: 2 })
  })
})

describe('correlations on what cannot be used', () => {
  const named = (name: string, rules: readonly string[]): SigmaMap =>
    correlation({ type: 'event_count', rules, condition: { gte: 1 } }, { id: name, name })

  it('are refused as well, and so are circles', () => {
    const documents = [
      named('a', ['b']),
      named('b', ['a']),
      named('c', ['d']),
      named('d', ['ghost']),
      named('e', ['failed']),
    ]
    const set = compileSigma([...base, ...documents].map((value) => ({ source: 'x', value })))
    expect(set.correlations.map(({ info }) => info.id)).toEqual(['e'])
    expect(set.problems.map(({ error }) => error.code)).toEqual(
      Array.from({ length: 4 }, () => 'SIGMA_CORRELATION'),
    )
  })
})

describe('correlations that cannot be used', () => {
  it.each([
    ['an unknown kind', { type: 'vibes' }],
    ['no time span', { type: 'event_count', timespan: 'soon', condition: { gte: 1 } }],
    ['a zero time span', { type: 'event_count', timespan: '0m', condition: { gte: 1 } }],
    ['no comparison', { type: 'event_count', condition: {} }],
    ['no field', { type: 'value_count', condition: { gte: 1 } }],
    ['a comparison with a text', { type: 'event_count', condition: { gte: '1' } }],
    ['an unknown comparison', { type: 'event_count', condition: { around: 1 } }],
    ['an unknown key', { type: 'event_count', condition: { gte: 1 }, window: 'fixed' }],
    [
      'a percentile beyond 100',
      { type: 'value_percentile', condition: { gte: 1, field: 'x', percentile: 101 } },
    ],
    ['a rule that is not there', { type: 'event_count', rules: ['ghost'], condition: { gte: 1 } }],
  ])('are problems: %s', (_what, map) => {
    const set = compileSigma([...base, correlation(map)].map((value) => ({ source: 'x', value })))
    expect(set.problems.map((problem) => problem.error.code)).toEqual(['SIGMA_CORRELATION'])
    expect(set.correlations).toEqual([])
  })
})
