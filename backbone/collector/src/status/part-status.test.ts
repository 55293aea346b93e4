import { describe, expect, it } from 'vitest'
import { PartStatusBook, maxAgents } from './part-status.ts'

const now = Date.parse('2026-01-31T12:00:00Z')
const iso = (ms: number): string => new Date(ms).toISOString()
const event = (agent: string, at: number): object => ({
  '@timestamp': iso(at),
  agent: { id: agent },
  sevenfold: { kind: 'access' },
})
const beat = (agent: string, at: number, body: object): object => ({
  '@timestamp': iso(at),
  agent: { id: agent },
  sevenfold: { kind: 'heartbeat', heartbeat: body },
})

describe('the state of parts', () => {
  it('groups writers by part', () => {
    const book = new PartStatusBook()
    for (const agent of ['edge/w0', 'edge/w1', 'ledger/main']) book.take(event(agent, now))
    expect(book.parts(now).map(({ part, agents }) => [part, agents.map(({ agent }) => agent)])).toEqual([
      ['edge', ['edge/w0', 'edge/w1']],
      ['ledger', ['ledger/main']],
    ])
  })

  it('counts the events of the last minute, whenever they arrive', () => {
    const book = new PartStatusBook()
    for (const age of [0, 10_000, 45_000, 70_000, 3_600_000, -120_000]) book.take(event('edge/w0', now - age))
    expect(book.parts(now)[0]?.agents[0]?.eventsPerMinute).toBe(3)
    expect(book.parts(now + 600_000)[0]?.agents[0]?.eventsPerMinute).toBe(0)
  })

  it('keeps the newest heartbeat, not the last to arrive', () => {
    const book = new PartStatusBook()
    book.take(beat('edge/w0', now, { mode: 'enforce', sites: { blog: 'off' } }))
    book.take(beat('edge/w0', now - 10_000, { mode: 'off' }))
    expect(book.parts(now)[0]?.agents[0]).toMatchObject({
      mode: 'enforce',
      sites: { blog: 'off' },
      lastHeartbeat: iso(now),
    })
    book.take(beat('edge/w0', now + 10_000, { mode: 'monitor' }))
    expect(book.parts(now)[0]?.agents[0]).not.toHaveProperty('sites')
  })

  it('tells the last canary', () => {
    const book = new PartStatusBook()
    book.take(
      beat('edge/w0', now, { mode: 'enforce', canary: { ok: false, time: iso(now), attack: 'sqli-1' } }),
    )
    book.take(beat('edge/w0', now + 1, { mode: 'enforce' }))
    expect(book.parts(now)[0]?.agents[0]?.canary).toEqual({ ok: false, time: iso(now), attack: 'sqli-1' })
  })

  it('is not thrown by events of any shape', () => {
    const book = new PartStatusBook()
    const odd = [
      null,
      7,
      [],
      {},
      { agent: { id: 7 } },
      { agent: { id: 'a' }, sevenfold: 1 },
      { '@timestamp': 'x', agent: { id: 'edge/w0' }, sevenfold: { kind: 'access' } },
    ]
    for (const one of [...odd, beat('edge/w0', now, { mode: 7, sites: { a: 1 }, canary: { ok: 'yes' } })])
      book.take(one)
    expect(book.parts(now)).toEqual([
      {
        part: 'edge',
        agents: [{ agent: 'edge/w0', mode: '', sites: {}, lastHeartbeat: iso(now), eventsPerMinute: 0 }],
      },
    ])
  })

  it('remembers a bounded number of writers', () => {
    const book = new PartStatusBook()
    for (let i = 0; i <= maxAgents; i += 1) book.take(event(`edge/w${i}`, now))
    expect(book.parts(now)[0]?.agents).toHaveLength(maxAgents)
  })
})
