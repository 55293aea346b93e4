import { createEventBuilder, createRedactor, uuidV7 } from '@sevenfold/event'
import type { EventDraft } from '@sevenfold/event'
import { createFakeClock } from '@sevenfold/testkit'
import type { FakeClock } from '@sevenfold/testkit'
import { assert, constantFrom, integer, property, array, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFold, foldAfter, foldWindowMs, maxFoldKeys } from './fold.ts'
import type { Fold } from './fold.ts'

interface Bench {
  readonly clock: FakeClock
  readonly fold: Fold
  readonly counted: EventDraft[]
  block(source: string, rule?: string): EventDraft
  login(outcome: 'success' | 'failure', user: string, source: string): EventDraft
}

function open(): Bench {
  const clock = createFakeClock()
  const counted: EventDraft[] = []
  const events = createEventBuilder({
    layer: 'edge',
    now: () => clock.now(),
    newId: uuidV7,
    redactor: createRedactor(new Uint8Array(32)),
  })
  return {
    clock,
    counted,
    fold: createFold({ clock, emit: (draft) => void counted.push(draft) }),
    block: (source, rule = '1') =>
      events.block({
        requestId: 'r',
        site: 'shop',
        clientAddress: source,
        method: 'GET',
        path: '/',
        httpVersion: '1.1',
        status: 403,
        judgement: { step: 'waf', verdict: 'block' },
        rule: { id: rule },
      }),
    login: (outcome, userName, clientAddress) => events.authentication({ outcome, userName, clientAddress }),
  }
}

function admitted(bench: Bench, draft: EventDraft, times: number, pressed = false): number {
  let count = 0
  for (let n = 0; n < times; n += 1) if (bench.fold.admit(draft, pressed)) count += 1
  return count
}

describe('folding', () => {
  it('keeps 20 and counts the 21st', () => {
    const bench = open()
    expect(admitted(bench, bench.block('a'), foldAfter)).toBe(foldAfter)
    bench.fold.flush()
    expect(bench.counted).toEqual([])
    const other = open()
    expect(admitted(other, other.block('a'), foldAfter + 1)).toBe(foldAfter)
    other.fold.flush()
    expect(other.counted[0]?.sevenfold.repeat?.count).toBe(1)
  })

  it('starts anew a minute later', () => {
    const bench = open()
    admitted(bench, bench.block('a'), foldAfter)
    bench.clock.advance(foldWindowMs - 1)
    expect(bench.fold.admit(bench.block('a'), false)).toBe(false)
    bench.clock.advance(1)
    expect(bench.fold.admit(bench.block('a'), false)).toBe(true)
  })

  it('emits the counted event by itself, with the times of the first and last repeat', () => {
    const bench = open()
    admitted(bench, bench.block('a'), foldAfter)
    bench.clock.advance(1000)
    bench.fold.admit(bench.block('a'), false)
    bench.clock.advance(1000)
    bench.fold.admit(bench.block('a'), false)
    bench.clock.advance(foldWindowMs + 5000)
    expect(bench.counted).toHaveLength(1)
    expect(bench.counted[0]?.sevenfold.repeat).toEqual({
      count: 2,
      first: '2026-01-01T00:00:01.000Z',
      last: '2026-01-01T00:00:02.000Z',
    })
    expect(bench.counted[0]?.source?.ip).toBe('a')
    expect(bench.clock.pending()).toBe(0)
  })

  it('keeps sources, rules and outcomes apart', () => {
    const bench = open()
    admitted(bench, bench.block('a'), 100)
    expect(admitted(bench, bench.block('b'), 1)).toBe(1)
    expect(admitted(bench, bench.block('a', '2'), 1)).toBe(1)
    admitted(bench, bench.login('failure', 'root', 'a'), 100)
    expect(admitted(bench, bench.login('success', 'root', 'a'), 1)).toBe(1)
    expect(admitted(bench, bench.login('failure', 'admin', 'a'), 1)).toBe(1)
  })

  it('folds sources of one rule together under pressure, and then names none', () => {
    const bench = open()
    let kept = 0
    for (let n = 0; n < 1000; n += 1) kept += admitted(bench, bench.block(`source-${n}`), 1, true)
    expect(kept).toBe(foldAfter)
    bench.fold.flush()
    expect(bench.counted).toHaveLength(1)
    expect(bench.counted[0]?.sevenfold.repeat?.count).toBe(1000 - foldAfter)
    expect(bench.counted[0]?.source).toBeUndefined()
  })

  it('never folds a successful login with those of others', () => {
    const bench = open()
    for (let n = 0; n < 1000; n += 1)
      admitted(bench, bench.login('failure', `user-${n}`, `source-${n}`), 1, true)
    expect(admitted(bench, bench.login('success', 'planted', 'x'), 1, true)).toBe(1)
  })

  it('folds together beyond its number of keys', () => {
    const bench = open()
    for (let n = 0; n < maxFoldKeys; n += 1) bench.fold.admit(bench.block(`source-${n}`), false)
    const kept = Array.from({ length: 100 }, (_, n) => bench.fold.admit(bench.block(`more-${n}`), false))
    expect(kept.filter(Boolean)).toHaveLength(foldAfter)
  })

  it('counts what a folded event counted itself', () => {
    const bench = open()
    const draft = bench.block('a')
    admitted(bench, draft, foldAfter)
    const time = draft['@timestamp']
    bench.fold.admit(
      { ...draft, sevenfold: { ...draft.sevenfold, repeat: { count: 5, first: time, last: time } } },
      false,
    )
    bench.fold.flush()
    expect(bench.counted[0]?.sevenfold.repeat?.count).toBe(5)
  })

  it('loses no event from the count, whatever comes when', () => {
    const step = record({
      source: constantFrom('a', 'b', 'c'),
      rule: constantFrom('1', '2'),
      pressed: constantFrom(true, false),
      times: integer({ min: 1, max: 60 }),
      wait: integer({ min: 0, max: 40_000 }),
    })
    assert(
      property(array(step, { maxLength: 40 }), (steps) => {
        const bench = open()
        let total = 0
        let kept = 0
        for (const { source, rule, pressed, times, wait } of steps) {
          total += times
          kept += admitted(bench, bench.block(source, rule), times, pressed)
          bench.clock.advance(wait)
        }
        bench.fold.flush()
        bench.fold.close()
        const counted = bench.counted.reduce((sum, { sevenfold }) => sum + (sevenfold.repeat?.count ?? 0), 0)
        expect(kept + counted).toBe(total)
      }),
      { numRuns: Number(process.env['SEVENFOLD_PROPERTY_RUNS'] ?? 100) },
    )
  })
})
