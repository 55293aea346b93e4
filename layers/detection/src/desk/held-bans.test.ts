import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import type { DecisionWish } from '../decisions/decision-store.ts'
import { HeldBans, maxHeld, maxHeldOfReporter, maxHoldMs, readHeldLog } from './held-bans.ts'
import type { HeldRecord } from './held-bans.ts'

const hour = 3_600_000
const start = 1_000_000_000

function wish(value: string, change: Partial<DecisionWish> = {}): DecisionWish {
  return {
    type: 'ban',
    scope: 'ip',
    value,
    untilMs: start + 4 * hour,
    origin: 'crowdsec',
    scenario: 'test/scenario',
    simulated: false,
    ...change,
  }
}
const by = { reporter: 'edge', cause: 'flood' } as const

function bench(records: readonly HeldRecord[] = [], nowMs = start) {
  const time = { now: nowMs }
  const written: HeldRecord[] = []
  const held = new HeldBans({ now: () => time.now, append: (record) => void written.push(record), records })
  return { held, time, written }
}

describe('a held ban', () => {
  it('is kept with who asked for it and why it waits', () => {
    const { held, written } = bench()
    expect(held.hold(wish('192.0.2.1'), by)).toBe('held')
    expect(held.list()).toEqual([
      { id: 1, wish: wish('192.0.2.1'), ...by, heldMs: start, expiresMs: start + 4 * hour },
    ])
    expect(written).toEqual([{ op: 'hold', held: held.get(1) }])
  })

  it('is there once, with the latest end, however often it is asked for', () => {
    const { held, written, time } = bench()
    held.hold(wish('192.0.2.1'), by)
    expect(held.hold(wish('192.0.2.1', { untilMs: start + hour }), by)).toBe('known')
    for (let i = 1; i <= 100; i += 1) {
      time.now = start + i * 1_000
      expect(held.hold(wish('192.0.2.1', { untilMs: start + 4 * hour + i * 1_000 }), by)).toBe('known')
    }
    expect([held.size, held.get(1)?.wish.untilMs, held.get(1)?.heldMs]).toEqual([
      1,
      start + 4 * hour + 100_000,
      start,
    ])
    expect(written).toHaveLength(1)
    held.hold(wish('192.0.2.1', { untilMs: start + 9 * hour }), by)
    expect(written).toHaveLength(2)
    held.hold(wish('192.0.2.1', { type: 'captcha' }), by)
    expect(held.size).toBe(2)
  })

  it('is forgotten when it would be over, and after a day at the latest', () => {
    const { held, time } = bench()
    held.hold(wish('192.0.2.1'), by)
    held.hold(wish('192.0.2.2', { untilMs: start + 9 * maxHoldMs }), by)
    time.now = start + 4 * hour - 1
    expect(held.expire()).toEqual([])
    time.now += 1
    expect(held.expire().map((one) => one.wish.value)).toEqual(['192.0.2.1'])
    time.now = start + maxHoldMs
    expect(held.expire().map((one) => one.wish.value)).toEqual(['192.0.2.2'])
    expect([held.size, held.expire()]).toEqual([0, []])
  })

  it('is taken once', () => {
    const { held, written } = bench()
    held.hold(wish('192.0.2.1'), by)
    expect(held.take([1, 1, 7]).map(({ id }) => id)).toEqual([1])
    expect([held.size, written.at(-1)]).toEqual([0, { op: 'end', id: 1 }])
    expect(held.hold(wish('192.0.2.1'), by)).toBe('held')
    expect(held.list()[0]?.id).toBe(2)
  })
})

describe('the book of held bans', () => {
  it('gives one reporter a quarter of its room and no more', () => {
    const { held } = bench()
    const hold = (i: number, reporter: string): string =>
      held.hold(wish(`198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`), { ...by, reporter })
    for (let i = 0; i < maxHeldOfReporter; i += 1) hold(i, 'one')
    expect([held.size, hold(maxHeldOfReporter, 'one'), held.full]).toEqual([maxHeldOfReporter, 'full', 1])
    expect(hold(maxHeldOfReporter, 'two')).toBe('held')
    // What is there already may still be asked for anew, and what was taken leaves room.
    expect(held.hold(wish('198.18.0.0', { untilMs: start + 9 * hour }), { ...by, reporter: 'one' })).toBe(
      'known',
    )
    held.take([1])
    expect(hold(maxHeldOfReporter + 1, 'one')).toBe('held')
  })

  it('is full at its limit', () => {
    const { held } = bench()
    for (let i = 0; i < maxHeld; i += 1)
      held.hold(wish(`198.18.${i >> 8}.${i & 255}`, { type: `t${i}` }), {
        ...by,
        reporter: `r${i % 5}`,
      })
    expect(held.size).toBe(maxHeld)
    expect(held.hold(wish('192.0.2.1'), { ...by, reporter: 'other' })).toBe('full')
  })

  it('is the same after a restart', () => {
    const first = bench()
    for (const value of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) first.held.hold(wish(value), by)
    first.held.take([2])
    const second = bench(first.written)
    expect(second.held.list()).toEqual(first.held.list())
    expect(bench(second.held.records()).held.list()).toEqual(first.held.list())
    second.held.hold(wish('192.0.2.9'), by)
    expect(second.held.list().at(-1)?.id).toBe(4)
    expect(bench(first.written, start + 5 * hour).held.size).toBe(0)
  })
})

describe('the file of held bans', () => {
  let folder: TemporaryFolder
  beforeEach(() => void (folder = createTemporaryFolder()))
  afterEach(() => folder.remove())

  it('is read back as it was written, without what is torn or foreign', () => {
    const { held, written } = bench()
    held.hold(wish('192.0.2.1', { alertId: 7, machine: 'web1' }), {
      reporter: 'a',
      cause: 'log-not-believed',
    })
    held.hold(wish('ana', { scope: 'username' }), by)
    held.take([2])
    const path = join(folder.path, 'held.ndjson')
    const lines = written.map((record) => JSON.stringify(record))
    const foreign = [
      'null',
      '{"op":"hold"}',
      '{"op":"hold","held":{"id":3,"reporter":"x","heldMs":1,"expiresMs":2,"wish":{"scope":"planet"}}}',
      '{"op":"hold","held":{"id":"3","reporter":"x","heldMs":1,"expiresMs":2,"wish":{}}}',
      '{"op":"end","id":"1"}',
      `{"op":"hold","held":${'['.repeat(100)}`,
      lines[0]?.slice(0, 40),
    ]
    writeFileSync(path, [...lines, ...foreign].join('\n'))
    expect(readHeldLog(path)).toEqual(written)
    expect(readHeldLog(join(folder.path, 'none'))).toEqual([])
  })
})
