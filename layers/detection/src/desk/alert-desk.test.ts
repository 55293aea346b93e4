import { describe, expect, it } from 'vitest'
import { createEventBuilder, createRedactor, uuidV7 } from '@sevenfold/event'
import type { EventDraft, Mode } from '@sevenfold/event'
import type { Alert } from '../alerts/alert.ts'
import { parseRange } from '../authority/address.ts'
import { numberRange } from '../authority/address-number.ts'
import { createNeverBan } from '../authority/never-ban.ts'
import { minRequests } from '../authority/site-shares.ts'
import { DecisionStore } from '../decisions/decision-store.ts'
import { assembleDesk } from './assemble-desk.ts'
import type { DeskParts } from './assemble-desk.ts'
import { BlastRadius } from './blast-radius.ts'
import { logClosedMs, maxLogBans } from './log-budget.ts'
import { remindEveryMs } from './reminder.ts'
import type { Reporter } from './reporter.ts'

const hour = 3_600_000
const edge: Reporter = { kind: 'engine', vouched: 'edge', site: 'shop' }
const log: Reporter = { kind: 'engine', vouched: 'app-log', site: 'shop' }
const host: Reporter = { kind: 'machine', name: 'web1', trusted: false }
const agent: Reporter = { kind: 'machine', name: 'gate', trusted: true }
const person: Reporter = { kind: 'local', actor: 'ana' }

function alertOn(value: string, change: Partial<Alert> = {}): Alert {
  return {
    scenario: 'test/scenario',
    scenario_hash: '',
    scenario_version: '',
    message: '',
    events_count: 1,
    start_at: '',
    stop_at: '',
    capacity: 0,
    leakspeed: '',
    simulated: false,
    events: [],
    remediation: true,
    source: { scope: 'Ip', value },
    meta: [],
    labels: [],
    kind: '',
    decisions: [],
    ...change,
  }
}
const ask = (value: string, change: object = {}): Partial<Alert> => ({
  decisions: [{ origin: '', type: 'ban', scope: 'Ip', value, duration: '4h', scenario: '', ...change }],
})

function bench(parts: Partial<DeskParts> = {}) {
  const time = { now: 1_000_000_000 }
  const mode: { is: Mode } = { is: 'enforce' }
  const emitted: EventDraft[] = []
  const now = (): number => time.now
  const store = new DecisionStore({ now, newUuid: uuidV7, journal: { append: () => undefined } })
  const allowed = ['192.0.2.50', '192.0.2.128/25'].flatMap((text) => {
    const range = parseRange(text)
    return range === undefined ? [] : [{ text, range: numberRange(range) }]
  })
  const all = assembleDesk({
    store,
    neverBan: createNeverBan({ listed: ['203.0.113.0/24'], proxies: ['198.51.100.1'], own: ['127.0.0.1'] }),
    events: createEventBuilder({
      layer: 'detection',
      now,
      newId: uuidV7,
      redactor: createRedactor(new Uint8Array(32)),
    }),
    emit: (draft) => void emitted.push(draft),
    mode: () => mode.is,
    now,
    banDurationMs: hour,
    allowLists: {
      ranges: () => allowed.map(({ range }) => range),
      reasons: (text) => {
        const parsed = parseRange(text)
        if (parsed === undefined) return []
        const asked = numberRange(parsed)
        const around = allowed.filter(({ range }) => range.first <= asked.first && asked.last <= range.last)
        return around.map((one) => one.text)
      },
    },
    ...parts,
  })
  const values = (): string[] => store.active().map(({ value }) => value)
  const actions = (): string[] =>
    emitted.map((draft) => draft.event.action).filter((action) => !action.startsWith('decision-'))
  return { ...all, store, time, mode, emitted, values, actions }
}
describe('an alert', () => {
  it('becomes a decision with its number, and an event', () => {
    const { desk, store, alerts, emitted } = bench()
    expect(desk.take(alertOn('192.0.2.1'), edge)).toMatchObject({ id: 1, decisionIds: [1] })
    expect(store.get(1)).toMatchObject({
      value: '192.0.2.1',
      alertId: 1,
      origin: 'sevenfold',
      scenario: 'test/scenario',
    })
    expect(alerts.size).toBe(1)
    expect(emitted.map((draft) => draft.event.action)).toEqual(['decision-add'])
  })

  it('without anything to answer is kept, and that is all', () => {
    const { desk, store, alerts } = bench()
    desk.take(alertOn('192.0.2.1', { remediation: false }), edge)
    expect([alerts.size, store.size]).toEqual([1, 0])
  })

  it.each([
    [{ scope: 'username', value: 'ana' }, 'throttle', 'username'],
    [{ scope: 'session', value: 's1' }, 'ban', 'session'],
    [{ scope: 'Range', value: '198.18.0.77/24' }, 'ban', 'range'],
  ])('about %j leads to a %s', (source, type, scope) => {
    const { desk, store } = bench()
    desk.take(alertOn('', { source }), edge)
    expect(store.active()).toEqual([expect.objectContaining({ type, scope })])
  })

  it('of a scope that nothing enforces leads to nothing', () => {
    const { desk, store } = bench()
    desk.take(alertOn('', { source: { scope: 'ParentProcessId', value: '7' } }), edge)
    desk.take(
      alertOn('', { ...ask('7', { scope: 'ParentProcessId' }), source: { scope: 'x', value: '7' } }),
      agent,
    )
    desk.take(alertOn('not-an-address'), edge)
    desk.take(alertOn('192.0.2.1', ask('192.0.2.1', { duration: '-3h' })), agent)
    expect(store.size).toBe(0)
  })

  it('is simulated in monitor mode, by its scenario, and by itself', () => {
    const { desk, store, mode } = bench({ isSimulated: (scenario) => scenario === 'test/tried' })
    desk.take(alertOn('192.0.2.1', { scenario: 'test/tried' }), edge)
    desk.take(alertOn('192.0.2.2', { simulated: true }), edge)
    desk.take(alertOn('192.0.2.3'), edge)
    mode.is = 'monitor'
    desk.take(alertOn('192.0.2.4'), edge)
    expect(store.active().map(({ simulated }) => simulated)).toEqual([true, true, false, true])
    mode.is = 'enforce'
    desk.take(alertOn('192.0.2.4'), edge)
    expect(store.longest({ type: 'ban', scope: 'ip', value: '192.0.2.4' })).toBeDefined()
    expect(store.at({ scope: 'ip', value: '192.0.2.4' }).map(({ simulated }) => simulated)).toEqual([
      true,
      false,
    ])
  })

  it('that a profile failed on is reported, and the profiles that worked still decide', () => {
    const { desk, actions, values } = bench({
      profiles: {
        decide: () => ({
          decisions: [
            {
              type: 'ban',
              durationMs: 5,
              scope: 'Ip',
              value: '192.0.2.1',
              origin: 'x',
              simulated: false,
              escalates: false,
            },
          ],
          matched: [],
          errors: ['profile a failed'],
        }),
      },
    })
    desk.take(alertOn('192.0.2.1'), edge)
    expect([values(), actions()]).toEqual([['192.0.2.1'], ['profile-failed']])
  })
})

describe('repeat offenders', () => {
  it('are banned for twice as long each time, up to a week', () => {
    const { desk, store, time } = bench()
    const lengths: number[] = []
    for (let i = 0; i < 10; i += 1) {
      desk.take(alertOn('192.0.2.1'), edge)
      const [ban] = store.active()
      lengths.push(((ban?.untilMs ?? 0) - time.now) / hour)
      time.now = ban?.untilMs ?? 0
      store.expire()
    }
    expect(lengths).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 168, 168])
  })

  it('are not lengthened by further overflows of one attack', () => {
    const { desk, store } = bench()
    for (let i = 0; i < 5; i += 1) desk.take(alertOn('192.0.2.1', { scenario: `test/${i}` }), edge)
    expect(store.size).toBe(1)
  })
})

describe('allow-lists and the never-ban list', () => {
  it('make an alert about an allowed address as if it had not been', () => {
    const { desk, alerts, store } = bench()
    expect(desk.take(alertOn('192.0.2.50'), edge)).toBeUndefined()
    expect(desk.take(alertOn('192.0.2.200'), agent)).toBeUndefined()
    expect([alerts.size, store.size, desk.counters().allowed]).toEqual([0, 0, 2])
  })

  it('are carved out of a banned range', () => {
    const { desk, values } = bench()
    desk.take(alertOn('x', ask('192.0.2.48/29', { scope: 'Range' })), agent)
    expect(values()).toEqual(['192.0.2.48/31', '192.0.2.51', '192.0.2.52/30'])
    desk.take(alertOn('y', ask('203.0.112.0/23', { scope: 'Range' })), agent)
    expect(values().slice(3)).toEqual(['203.0.112.0/24'])
  })

  it.each(['192.0.2.192/26', '203.0.113.0/25', '8.0.0.0/7', '::/18'])('leave nothing of %s', (value) => {
    const { desk, store } = bench()
    desk.take(alertOn('x', ask(value, { scope: 'Range' })), agent)
    expect([store.size, desk.counters().spared]).toEqual([0, 1])
  })
})

describe('a private address that carries much of a site', () => {
  it('is never banned: an event says that the addresses of clients are lost, once, and how to mend it', () => {
    const { desk, shares, store, emitted, neverBan, time } = withNeverBan()
    for (let i = 0; i < minRequests; i += 1)
      shares.note('shop', i < 30 ? '172.18.0.1' : `198.18.0.${i}`, time.now)
    for (let i = 0; i < 3; i += 1) desk.take(alertOn('172.18.0.1', { scenario: `test/${i}` }), edge)
    desk.take(alertOn('172.18.0.9'), edge)
    expect(store.active().map(({ value }) => value)).toEqual(['172.18.0.9'])
    expect(neverBan.reasonFor('172.18.0.1')).toBe('shared-address')
    const notices = emitted.filter((draft) => draft.event.action === 'client-addresses-lost')
    expect(notices).toHaveLength(1)
    expect(notices[0]?.message).toContain('trustedProxies')
  })

  function withNeverBan() {
    const neverBan = createNeverBan({ listed: [], proxies: [], own: [] })
    return { ...bench({ neverBan }), neverBan }
  }
})

describe('who may get whom banned', () => {
  it('a machine without trust acts on users and sessions, and on nothing else', () => {
    const { desk, values, actions } = bench()
    desk.take(alertOn('', { source: { scope: 'username', value: 'ana' } }), host)
    desk.take(alertOn('', { source: { scope: 'session', value: 's1' } }), host)
    desk.take(alertOn('192.0.2.1'), host)
    desk.take(alertOn('', ask('FR', { scope: 'Country' })), host)
    desk.take(alertOn('', ask('64496', { scope: 'AS' })), host)
    desk.take(alertOn('', ask('192.0.2.0/24', { scope: 'Range' })), host)
    desk.take(alertOn('', ask('bob', { scope: 'username', type: 'allow' })), host)
    expect(values()).toEqual(['ana', 's1'])
    expect(actions()).toEqual(['authority-exceeded'])
    expect(desk.counters().unauthorised).toBe(5)
  })

  it('a host that was taken over, with its valid key, bans neither the office nor a crawler nor anybody: one incident', () => {
    const { desk, store, actions, emitted } = bench()
    const targets = ['203.0.113.5', '66.249.66.1', '198.51.100.1', '127.0.0.1']
    for (let i = 0; i < 10_000; i += 1) targets.push(`${11 + (i >> 8)}.${i & 255}.7.9`)
    for (const value of targets) desk.take(alertOn(value, ask(value)), host)
    expect(store.size).toBe(0)
    expect(actions()).toEqual(['authority-exceeded'])
    expect(emitted[0]?.event.severity).toBe(85)
    expect(emitted[0]?.message).toContain('web1')
  })

  it('an agent in an application acts on users and sessions, and bans no address', () => {
    const { desk, values, actions } = bench()
    const inside: Reporter = { kind: 'engine', vouched: 'agent', site: 'shop' }
    desk.take(alertOn('', { source: { scope: 'session', value: 's1' } }), inside)
    desk.take(alertOn('192.0.2.1'), inside)
    expect([values(), actions()]).toEqual([['s1'], ['authority-exceeded']])
  })

  it('is told again only after ten minutes', () => {
    const { desk, actions, time } = bench()
    desk.take(alertOn('192.0.2.1'), host)
    time.now += remindEveryMs - 1
    desk.take(alertOn('192.0.2.1'), host)
    expect(actions()).toHaveLength(1)
    time.now += 1
    desk.take(alertOn('192.0.2.1'), host)
    expect(actions()).toHaveLength(2)
  })

  it('a log that names a few clients is believed; one that names many has all of them taken back', () => {
    const { desk, store, actions, offenders, time } = bench()
    for (let i = 0; i < maxLogBans; i += 1) desk.take(alertOn(`198.18.0.${i}`), log)
    expect([store.size, actions()]).toEqual([maxLogBans, []])
    for (let i = 0; i < 5_000; i += 1) desk.take(alertOn(`198.18.${1 + (i >> 8)}.${i & 255}`), log)
    expect([store.size, actions()]).toEqual([0, ['log-not-believed']])
    expect(offenders.count('198.18.0.0', time.now)).toBe(0)
    desk.take(alertOn('198.18.0.1'), edge)
    desk.take(alertOn('198.18.0.2'), { ...log, site: 'other' })
    expect(store.size).toBe(2)
    time.now += logClosedMs
    desk.take(alertOn('198.18.0.3'), log)
    expect(store.size).toBe(3)
  })

  it('a flood of one reporter holds up nobody else', () => {
    const { desk, store, actions } = bench({ newBlastRadius: () => new BlastRadius(3) })
    for (let i = 0; i < 10; i += 1) desk.take(alertOn(`198.18.0.${i}`), agent)
    expect([store.size, actions(), desk.counters().held]).toEqual([3, ['bans-held'], 7])
    desk.take(alertOn('198.18.1.1'), edge)
    expect(store.size).toBe(4)
  })

  it("what a flood asked for waits, and becomes a ban on somebody's word only", () => {
    const { desk, store, held, offenders, emitted, time } = bench({
      newBlastRadius: () => new BlastRadius(1),
    })
    for (let i = 0; i < 4; i += 1) desk.take(alertOn(`198.18.0.${i}`), agent)
    expect(held.list().map(({ wish, reporter, cause }) => [wish.value, reporter, cause])).toEqual(
      [1, 2, 3].map((i) => [`198.18.0.${i}`, 'machine gate', 'flood']),
    )
    expect([store.size, offenders.count('198.18.0.1', time.now)]).toEqual([1, 0])
    const [one] = held.take([1])
    const made = one === undefined ? '' : desk.release(one.wish, 'an attack')
    expect(made).toMatchObject([{ value: '198.18.0.1', untilMs: one?.wish.untilMs }])
    expect([store.size, offenders.count('198.18.0.1', time.now)]).toEqual([2, 1])
    expect(emitted.at(-1)).toMatchObject({ event: { action: 'decision-add', reason: 'an attack' } })
  })

  it('a released ban passes the gate again, and is made once', () => {
    const { desk, store, held } = bench({ newBlastRadius: () => new BlastRadius(0) })
    desk.take(alertOn('198.18.0.1'), agent)
    const [one] = held.list()
    if (one === undefined) throw new Error('nothing is held')
    expect(desk.release({ ...one.wish, value: '203.0.113.7' }, '')).toBe('listed')
    expect(desk.release({ ...one.wish, value: '192.0.2.50' }, '')).toContain('allowed as 192.0.2.50')
    expect(desk.release({ ...one.wish, scope: 'range', value: '192.0.2.0/24' }, '')).toMatchObject([
      { value: '192.0.2.0/27' },
      { value: '192.0.2.32/28' },
      { value: '192.0.2.48/31' },
      { value: '192.0.2.51' },
      { value: '192.0.2.52/30' },
      { value: '192.0.2.56/29' },
      { value: '192.0.2.64/26' },
    ])
    expect(desk.release(one.wish, '')).toHaveLength(1)
    expect(desk.release(one.wish, '')).toEqual([])
    expect(store.at(one.wish)).toHaveLength(1)
  })

  it('what a log that is not believed asked for, and what was taken back from it, can still be looked at', () => {
    const { desk, store, held } = bench()
    for (let i = 0; i < maxLogBans + 5; i += 1) desk.take(alertOn(`198.18.0.${i}`), log)
    expect([store.size, held.size]).toEqual([0, maxLogBans + 5])
    expect(new Set(held.list().map(({ cause }) => cause))).toEqual(new Set(['log-not-believed']))
  })

  it('held bans that come to nothing are told of once, by their first values', () => {
    const { desk, held, emitted } = bench({ newBlastRadius: () => new BlastRadius(0) })
    for (let i = 0; i < 7; i += 1) desk.take(alertOn(`198.18.0.${i}`), agent)
    desk.announceDropped(held.take(held.list().map(({ id }) => id)), 'a mistake')
    desk.announceDropped([], 'nothing')
    expect(emitted.map(({ event }) => event.action)).toEqual(['bans-held', 'held-bans-dropped'])
    expect(emitted.at(-1)?.message).toMatch(/198\.18\.0\.4 and 2 more: a mistake$/)
  })

  it('a person on the socket is not held up, and is refused what must never be', () => {
    const { desk, store } = bench({ newBlastRadius: () => new BlastRadius(0) })
    desk.take(alertOn('192.0.2.1'), person)
    desk.take(alertOn('203.0.113.9'), person)
    desk.take(alertOn('', ask('203.0.0.0/8', { scope: 'Range' })), person)
    expect(store.active().map(({ value }) => value)).toEqual(['192.0.2.1'])
  })
})
