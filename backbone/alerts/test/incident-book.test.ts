import { describe, expect, it } from 'vitest'
import { IncidentBook, detail, summarize } from '../src/index.ts'
import type { Alert, BookOptions, IncidentChange } from '../src/index.ts'
import { caseLimits } from '../src/incident/case.ts'
import { campaignSize } from '../src/incident/incident-book.ts'
import { madeAlert, madeRule, source, user } from './made-alert.ts'
import { startMs } from './made-event.ts'

const hour = 3_600_000
const high = madeRule('high', 'high', ['initial-access'])
const other = madeRule('other', 'high', ['execution'])
const medium = madeRule('medium', 'medium', ['initial-access'])

function makeBook(more: Partial<BookOptions> = {}): IncidentBook {
  let next = 1
  return new IncidentBook({ mergeWindowMs: hour, newId: () => `inc-${next++}`, ...more })
}

function take(book: IncidentBook, alerts: readonly Alert[]): readonly IncidentChange['kind'][] {
  return alerts.flatMap((alert) => book.take(alert).map(({ kind }) => kind))
}

const ip = (n: number): string => `192.0.2.${n}`
const open = (book: IncidentBook): string[] =>
  book
    .incidents()
    .filter(({ state }) => state === 'open')
    .map(({ id }) => id)

describe('IncidentBook', () => {
  it('opens an incident for a grave alert, and groups what follows by rule and entity', () => {
    const book = makeBook()
    const alerts = [0, 1, 2].map((at) => madeAlert({ rule: high, actors: [source(ip(1))], at }))
    expect(take(book, alerts)).toEqual(['opened'])
    const [incident] = book.incidents()
    expect(incident === undefined ? undefined : detail(incident)).toMatchObject({
      title: 'title of high',
      count: 3,
      groups: [{ entity: 'source:192.0.2.1', count: 3 }],
      entities: [{ value: ip(1), count: 3 }],
    })
  })
  it('counts mild alerts in silence until independent layers agree', () => {
    const book = makeBook()
    const at = (layer: string, tactic: string): Alert =>
      madeAlert({ rule: madeRule(`m-${tactic}`, 'medium', [tactic]), actors: [source(ip(1))], layer })
    expect(take(book, [at('edge', 'initial-access'), at('detection', 'reconnaissance')])).toEqual([])
    expect(book.quiet(5)).toHaveLength(1)
    expect(take(book, [at('runtime', 'execution')])).toEqual(['opened'])
    expect(summarize(book.incidents()[0] ?? expect.fail())).toMatchObject({
      layers: ['edge', 'detection', 'runtime'],
    })
  })
  it('merges two incidents when an alert shows that their actors are one', () => {
    const book = makeBook()
    const alerts = [
      madeAlert({ rule: high, actors: [source(ip(1))] }),
      madeAlert({ rule: other, actors: [user('eve')], at: 5 }),
      madeAlert({ rule: medium, actors: [source(ip(1)), user('eve')], at: 10 }),
    ]
    expect(take(book, alerts)).toContain('merged')
    expect(open(book)).toEqual(['inc-1'])
    expect(book.find('inc-2')).toMatchObject({ state: 'merged', mergedInto: 'inc-1' })
    expect(detail(book.find('inc-1') ?? expect.fail()).groups.map(({ rule }) => rule.name)).toEqual([
      'high',
      'other',
      'medium',
    ])
  })
  it('does not merge what lies further apart than the window', () => {
    const book = makeBook()
    take(book, [
      madeAlert({ rule: high, actors: [source(ip(1))] }),
      madeAlert({ rule: other, actors: [user('eve')], at: 5 }),
      madeAlert({ rule: medium, actors: [source(ip(1)), user('eve')], at: 66 }),
    ])
    expect(open(book)).toHaveLength(2)
  })
  it('keeps one story of an actor together for a day, and begins a new one after', () => {
    const book = makeBook()
    take(
      book,
      [0, 23 * 60, 47 * 60].map((at) => madeAlert({ rule: high, actors: [source(ip(1))], at })),
    )
    expect(open(book)).toHaveLength(1)
    take(book, [madeAlert({ rule: high, actors: [source(ip(1))], at: 72 * 60 })])
    expect(open(book)).toHaveLength(2)
  })
  it('makes one campaign of many incidents of the same rules', () => {
    const book = makeBook()
    const alerts = Array.from({ length: 30 }, (_, n) =>
      madeAlert({ rule: high, actors: [source(ip(n))], at: n }),
    )
    expect(take(book, alerts)).toEqual(['opened', 'opened', 'opened', 'campaign'])
    expect(open(book)).toHaveLength(1)
    const [campaign] = book.incidents()
    expect(campaign).toMatchObject({ isCampaign: true, cases: 30 })
    expect(summarize(campaign ?? expect.fail(), 100).entities).toHaveLength(30)
  })
  it('takes an actor that does something else out of the campaign', () => {
    const book = makeBook()
    take(
      book,
      Array.from({ length: 10 }, (_, n) => madeAlert({ rule: high, actors: [source(ip(n))], at: n })),
    )
    expect(take(book, [madeAlert({ rule: other, actors: [source(ip(7))], at: 20 })])).toEqual(['opened'])
    const own = book.incidents()[0] ?? expect.fail()
    expect(detail(own)).toMatchObject({ cases: 1, count: 2 })
    expect(detail(own).groups.map(({ rule }) => rule.name)).toEqual(['high', 'other'])
  })
  it(`leaves fewer than ${campaignSize + 1} alike as they are`, () => {
    const book = makeBook()
    take(
      book,
      Array.from({ length: campaignSize }, (_, n) => madeAlert({ rule: high, actors: [source(ip(n))] })),
    )
    expect(open(book)).toHaveLength(campaignSize)
  })
  it('stops connecting where many meet', () => {
    const book = makeBook()
    const meeting = user('shared')
    take(
      book,
      Array.from({ length: caseLimits.maxLinks + 20 }, (_, n) =>
        madeAlert({ rule: medium, actors: [source(ip(n)), meeting], at: n / 10 }),
      ),
    )
    expect(Math.max(...book.dump().cases.map(({ links }) => links.size))).toBeLessThanOrEqual(
      caseLimits.maxLinks,
    )
  })
  it('says when an incident grows graver', () => {
    const book = makeBook()
    take(book, [madeAlert({ rule: high, actors: [source(ip(1))] })])
    expect(take(book, [madeAlert({ rule: high, actors: [source(ip(1))], layer: 'runtime' })])).toEqual([
      'escalated',
    ])
    expect(take(book, [madeAlert({ rule: high, actors: [source(ip(1))], layer: 'runtime' })])).toEqual([])
    expect(take(book, [madeAlert({ rule: madeRule('c', 'critical'), actors: [source(ip(1))] })])).toEqual([
      'escalated',
    ])
  })
  it('begins anew after a verdict, and goes on collecting after "true"', () => {
    for (const verdict of ['benign', 'noise', 'true'] as const) {
      const book = makeBook()
      take(book, [madeAlert({ rule: high, actors: [source(ip(1))] })])
      const first = book.incidents()[0] ?? expect.fail()
      book.judge(first, { verdict, reason: 'r', actor: 'a', timeMs: startMs })
      take(book, [madeAlert({ rule: high, actors: [source(ip(1))], at: 1 })])
      expect(book.incidents()).toHaveLength(verdict === 'true' ? 1 : 2)
      expect(first.state).toBe(verdict === 'true' ? 'open' : 'closed')
    }
  })
  it('bounds quiet cases and counts what it dropped', () => {
    const book = makeBook({ maxQuietCases: 10 })
    take(
      book,
      Array.from({ length: 25 }, (_, n) => madeAlert({ rule: medium, actors: [source(ip(n))] })),
    )
    expect(book.state).toMatchObject({ cases: 10, evicted: 15 })
  })
  it('bounds incidents, closed ones first', () => {
    const book = makeBook({ maxIncidents: 2 })
    const rules = ['a', 'b', 'c'].map((name) => madeRule(name, 'high'))
    take(
      book,
      rules.slice(0, 2).map((rule, n) => madeAlert({ rule, actors: [source(ip(n))] })),
    )
    book.judge(book.find('inc-2') ?? expect.fail(), {
      verdict: 'benign',
      reason: 'r',
      actor: 'a',
      timeMs: startMs,
    })
    take(
      book,
      rules.slice(2).map((rule) => madeAlert({ rule, actors: [source(ip(9))] })),
    )
    expect(book.incidents().map(({ id }) => id)).toEqual(['inc-3', 'inc-1'])
  })
  it('is the same after a restart', () => {
    const book = makeBook()
    take(
      book,
      Array.from({ length: 10 }, (_, n) => madeAlert({ rule: high, actors: [source(ip(n))], at: n })),
    )
    const later = makeBook()
    later.restore(book.dump())
    const next = madeAlert({ rule: high, actors: [source(ip(77))], at: 20 })
    expect(take(later, [next])).toEqual([])
    expect(later.incidents()[0]).toMatchObject({ cases: 11 })
  })
  it('forgets what is over', () => {
    const book = makeBook()
    take(book, [
      madeAlert({ rule: medium, actors: [source(ip(1))] }),
      madeAlert({ rule: high, actors: [source(ip(2))] }),
    ])
    book.judge(book.incidents()[0] ?? expect.fail(), {
      verdict: 'noise',
      reason: 'r',
      actor: 'a',
      timeMs: startMs,
    })
    book.sweep(startMs + 25 * hour, 100 * hour)
    expect(book.state).toMatchObject({ cases: 0, incidents: 1 })
    book.sweep(startMs + 101 * hour, 100 * hour)
    expect(book.state.incidents).toBe(0)
  })
  it('keeps at most its samples, the first of each rule among them', () => {
    const book = makeBook()
    take(
      book,
      Array.from({ length: 60 }, (_, n) =>
        madeAlert({ rule: n === 0 ? other : high, actors: [source(ip(1))], at: n }),
      ),
    )
    const { samples, count } = detail(book.incidents()[0] ?? expect.fail())
    expect(count).toBe(60)
    expect(samples).toHaveLength(caseLimits.maxSamples)
    expect(samples.some(({ rule }) => rule === 'other')).toBe(true)
  })
})
