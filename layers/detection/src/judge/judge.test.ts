import { describe, expect, it } from 'vitest'
import { createEventBuilder, createRedactor, sealDraft, uuidV7 } from '@sevenfold/event'
import type { EventDraft, Mode, RequestFacts } from '@sevenfold/event'
import { createNeverBan } from '../authority/never-ban.ts'
import { DecisionStore } from '../decisions/decision-store.ts'
import { builtInScenarios } from '../scenarios/built-in.ts'
import { assembleDesk } from '../desk/assemble-desk.ts'
import { BlastRadius, blastWindowMs } from '../desk/blast-radius.ts'
import { Judge } from './judge.ts'

function bench(limit = 200) {
  const time = { now: 1_000_000 }
  const mode: { is: Mode } = { is: 'enforce' }
  const emitted: EventDraft[] = []
  const store = new DecisionStore({
    now: () => time.now,
    newUuid: uuidV7,
    journal: { append: () => undefined },
  })
  const sources = { now: () => time.now, newId: uuidV7, redactor: createRedactor(new Uint8Array(32)) }
  const edge = createEventBuilder({ layer: 'edge', ...sources })
  const shared = {
    store,
    neverBan: createNeverBan({ listed: ['203.0.113.0/24'], proxies: ['198.51.100.1'], own: ['127.0.0.1'] }),
    events: createEventBuilder({ layer: 'detection', ...sources }),
    emit: (draft: EventDraft) => void emitted.push(draft),
    mode: () => mode.is,
    now: () => time.now,
  }
  const { desk, shares, alerts } = assembleDesk({
    ...shared,
    banDurationMs: 3_600_000,
    newBlastRadius: () => new BlastRadius(limit),
  })
  const judge = new Judge({
    ...shared,
    scenarios: builtInScenarios,
    desk,
    shares,
    isAllowed: () => false,
    monotonicMs: () => time.now,
  })
  let count = 0
  const see = (ip: string, change: Partial<RequestFacts> = {}, times = 1): void => {
    for (let i = 0; i < times; i += 1) {
      count += 1
      const facts = {
        requestId: `r${count}`,
        site: 'shop',
        clientAddress: ip,
        method: 'GET',
        path: `/p${count}`,
        httpVersion: '1.1',
        status: 404,
      }
      judge.takeEdgeEvent(
        sealDraft(edge.access({ ...facts, ...change }), { id: 'edge/w0', ephemeral_id: 'e' }, count),
      )
    }
  }
  const login = (peer: string, trace = '', user = 'admin'): void => {
    const line = { event: 'login', peer, user, outcome: 'failure', trace }
    judge.takeLine(JSON.stringify(line), { format: 'json-access', nowMs: time.now })
  }
  const banned = (): string[] => store.active().map(({ value }) => value)
  const actions = (): string[] => emitted.map((draft) => draft.event.action)
  return { time, mode, emitted, store, judge, alerts, see, login, banned, actions, edge }
}

describe('scenarios on real events', () => {
  it('ban for many missing pages, not for ten, and not for one page asked often', () => {
    const { see, banned } = bench()
    see('192.0.2.1', {}, 10)
    see('192.0.2.2', { path: '/same' }, 20)
    expect(banned()).toEqual([])
    see('192.0.2.1')
    expect(banned()).toEqual(['192.0.2.1'])
  })

  it('ban for 30 bad requests to one and the same page', () => {
    const { see, banned } = bench()
    see('192.0.2.2', { path: '/same', status: 403 }, 30)
    expect(banned()).toEqual(['192.0.2.2'])
  })

  it('ban at the first touch of a trap, and never for rate limits and challenges', () => {
    const { judge, banned, edge } = bench()
    const block = (ip: string, step: string, id: string): void => {
      const facts = {
        requestId: id,
        site: 'shop',
        clientAddress: ip,
        method: 'GET',
        path: '/',
        httpVersion: '1.1',
        status: 429,
      }
      const draft = edge.block({ ...facts, judgement: { step, verdict: 'block' }, rule: { id } })
      judge.takeEdgeEvent(sealDraft(draft, { id: 'edge/w0', ephemeral_id: 'e' }, 1))
    }
    for (let i = 0; i < 40; i += 1) {
      block('192.0.2.8', 'rate', 'rate-address')
      block('192.0.2.8', 'challenge', 'challenge')
      block('192.0.2.8', 'schema', 'schema-path')
    }
    expect(banned()).toEqual([])
    block('192.0.2.9', 'challenge', 'honeypot-field')
    expect(banned()).toEqual(['192.0.2.9'])
  })

  it('do not mind what every browser asks for', () => {
    const { see, banned } = bench()
    for (const path of [
      '/favicon.ico',
      '/robots.txt',
      '/apple-touch-icon-120x120.png',
      '/.well-known/security.txt',
    ]) {
      see('192.0.2.3', { path }, 40)
    }
    expect(banned()).toEqual([])
  })

  it('do not mind any number of good requests, nor bad ones that come slowly', () => {
    const { see, banned, time } = bench()
    see('192.0.2.4', { status: 200 }, 500)
    for (let i = 0; i < 200; i += 1) {
      time.now += 12_000
      see('192.0.2.5')
    }
    expect(banned()).toEqual([])
  })

  it('ban for several recognised attacks, also where the edge only watches', () => {
    const { judge, banned, edge } = bench()
    for (let i = 0; i < 10; i += 1) {
      const draft = edge.block({
        requestId: `b${i}`,
        site: 'shop',
        clientAddress: '192.0.2.6',
        method: 'GET',
        path: '/',
        httpVersion: '1.1',
        status: 200,
        judgement: { step: 'waf', verdict: 'would-block' },
      })
      judge.takeEdgeEvent(sealDraft(draft, { id: 'edge/w0', ephemeral_id: 'e' }, i + 1))
    }
    expect(banned()).toEqual(['192.0.2.6'])
  })

  it('ban for failed logins in the log of the application, by the address that it saw', () => {
    const { login, banned } = bench()
    for (let i = 0; i < 6; i += 1) login('192.0.2.7')
    expect(banned()).toEqual(['192.0.2.7'])
  })

  it('report logins of one user from many sources, and ban nobody for it', () => {
    const { login, banned, emitted } = bench()
    for (let i = 0; i < 11; i += 1) login(`192.0.2.${100 + i}`, '', 'ana')
    expect(banned()).toEqual([])
    const [detection] = emitted
    expect(detection).toMatchObject({
      sevenfold: { kind: 'detection' },
      user: { name: 'ana' },
      rule: { name: 'sevenfold/login-failures-of-user' },
    })
  })
})

describe('users and sessions', () => {
  const session = (judge: Judge, peer: string, id = 'a-secret-session'): void => {
    const line = { event: 'access', peer, method: 'GET', path: '/', status: 200, session: id }
    judge.takeLine(JSON.stringify(line), { format: 'json-access', nowMs: 0, site: 'shop' })
  }

  it('end a session that is used from many networks, and show nobody its id', () => {
    const { judge, store, emitted, alerts } = bench()
    for (let i = 0; i < 4; i += 1) session(judge, `198.18.${i}.1`)
    for (let i = 0; i < 20; i += 1) session(judge, `198.18.0.${i}`)
    expect(store.size).toBe(0)
    session(judge, '198.18.9.1')
    expect(store.active()).toEqual([
      expect.objectContaining({ scope: 'session', value: 'a-secret-session', type: 'ban' }),
    ])
    expect(JSON.stringify(emitted)).not.toContain('a-secret-session')
    expect(alerts.newestFirst()[0]?.message).toContain('session a-se… performed')
  })

  it('count what an agent in the application says about a user, and never about an address', () => {
    const { judge, store, edge, emitted, banned } = bench()
    for (let i = 0; i < 60; i += 1) {
      const draft = edge.authentication({
        outcome: 'failure',
        userName: 'ana',
        clientAddress: `198.18.${i}.1`,
      })
      judge.takeAgentEvent(sealDraft(draft, { id: 'runtime/w0', ephemeral_id: 'e' }, i + 1))
      judge.takeAgentEvent(
        sealDraft(
          edge.authentication({ outcome: 'failure', userName: 'x', clientAddress: '198.18.0.9' }),
          { id: 'runtime/w0', ephemeral_id: 'e' },
          100 + i,
        ),
      )
    }
    expect(banned()).toEqual([])
    expect(store.size).toBe(0)
    expect(emitted.map((draft) => draft.rule?.name)).toEqual(['sevenfold/login-failures-of-user'])
  })
})

describe('authority', () => {
  it('takes the address of a login through the edge from the edge', () => {
    const { login, see, banned } = bench()
    for (let i = 0; i < 6; i += 1) {
      see('192.0.2.8', { requestId: `t${i}`, status: 200 })
      login('203.0.113.50', `t${i}`)
    }
    expect(banned()).toEqual(['192.0.2.8'])
  })

  it('does not let a log ban this machine: its lines about the edge name no client', () => {
    const { login, banned, actions } = bench()
    for (let i = 0; i < 60; i += 1) login('127.0.0.1')
    expect(banned()).toEqual([])
    expect(actions()).toEqual([])
  })

  it('still bans a client that goes around the edge with a made-up trace', () => {
    const { login, judge, banned, time } = bench()
    for (let i = 0; i < 6; i += 1) login('192.0.2.9', `made-up-${i}`)
    judge.tick()
    expect(banned()).toEqual([])
    time.now += 3_000
    judge.tick()
    expect(banned()).toEqual(['192.0.2.9'])
  })

  it('spares addresses that are never banned, and says so', () => {
    const { see, banned, emitted, judge } = bench()
    for (const ip of ['203.0.113.5', '198.51.100.1', '127.0.0.1']) see(ip, {}, 11)
    expect(banned()).toEqual([])
    expect(judge.counters().spared).toBe(3)
    expect(
      emitted.filter((draft) => draft.event.action === 'never-banned').map((draft) => draft.message),
    ).toEqual([
      '203.0.113.5 is not banned for sevenfold/http-probing: listed',
      '198.51.100.1 is not banned for sevenfold/http-probing: declared-proxy',
      '127.0.0.1 is not banned for sevenfold/http-probing: own-interface',
    ])
  })

  it('holds a flood of new bans and reports it once a window', () => {
    const { see, banned, actions, judge, time } = bench(20)
    for (let i = 0; i < 50; i += 1) see(`192.0.2.${i}`, {}, 11)
    expect(banned()).toHaveLength(20)
    expect(actions().filter((action) => action === 'bans-held')).toHaveLength(1)
    expect(judge.counters().held).toBe(30)
    time.now += blastWindowMs
    see('198.51.100.77', {}, 11)
    expect(banned()).toHaveLength(21)
  })
})

describe('decisions', () => {
  it('are not fed by the answers with which the edge enforces them', () => {
    const { see, store, time, actions } = bench()
    see('192.0.2.1', { status: 403 }, 500)
    time.now += 3_500_000
    see('192.0.2.1', { status: 403 }, 500)
    expect(store.size).toBe(1)
    expect(actions()).toEqual(['detection', 'decision-add'])
  })

  it('are made once for one attack, and again when the first is half over', () => {
    const { login, store, time } = bench()
    for (let i = 0; i < 60; i += 1) login('192.0.2.1')
    expect(store.size).toBe(1)
    time.now += 1_900_000
    for (let i = 0; i < 60; i += 1) login('192.0.2.1')
    expect(store.size).toBe(2)
  })

  it('are events with what they rest on', () => {
    const { see, emitted } = bench()
    see('192.0.2.1', {}, 11)
    expect(emitted.map((draft) => draft.sevenfold.kind)).toEqual(['detection', 'decision'])
    expect(emitted[0]).toMatchObject({
      source: { ip: '192.0.2.1' },
      rule: { id: 'sevenfold/http-probing' },
      threat: { technique: { id: ['T1595.003'] } },
      sevenfold: { site: 'shop', repeat: { count: 11 } },
    })
    expect(emitted[1]).toMatchObject({ sevenfold: { decision: { value: '192.0.2.1', duration: '1h0m0s' } } })
  })

  it('are simulated in monitor mode and not made at all when off', () => {
    const { see, store, mode } = bench()
    mode.is = 'monitor'
    see('192.0.2.1', {}, 11)
    mode.is = 'off'
    see('192.0.2.2', {}, 60)
    expect(store.active().map(({ value, simulated }) => [value, simulated])).toEqual([['192.0.2.1', true]])
  })

  it('can be made anew at once after one was lifted by hand', () => {
    const { see, store, judge } = bench()
    see('192.0.2.1', {}, 11)
    store.remove(1, 'mistake')
    judge.forget('192.0.2.1')
    see('192.0.2.1', {}, 10)
    expect(store.size).toBe(0)
    see('192.0.2.1')
    expect(store.size).toBe(1)
  })
})
