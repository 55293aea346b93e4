import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createEventBuilder, createRedactor, sealDraft, uuidV7 } from '@sevenfold/event'
import type { EventDraft, RequestFacts } from '@sevenfold/event'
import { maxTimes } from './signal.ts'
import { signalOfEvent } from './signal-of-event.ts'
import { signalOfLine } from './signal-of-line.ts'

const now = Date.parse('2026-01-31T12:00:00Z')
const events = createEventBuilder({
  layer: 'edge',
  now: () => now,
  newId: uuidV7,
  redactor: createRedactor(new Uint8Array(32)),
})
const facts: RequestFacts = {
  requestId: 'r1',
  site: 'shop',
  clientAddress: '::ffff:192.0.2.7',
  method: 'GET',
  path: '/x',
  query: 'a=1',
  httpVersion: '1.1',
  status: 404,
  userAgent: 'curl',
}
const seal = (draft: EventDraft) => sealDraft(draft, { id: 'edge/w0', ephemeral_id: 'e' }, 1)

describe('signals of edge events', () => {
  it('leave canaries out, so that our own attack bans nobody', () => {
    const draft = { ...events.access(facts), labels: { canary: 'sqli-union' } }
    expect(signalOfEvent(seal(draft))).toBeUndefined()
  })

  it('carry what scenarios ask for', () => {
    expect(signalOfEvent(seal(events.access(facts)))).toEqual({
      origin: 'edge',
      trace: 'r1',
      times: 1,
      event: {
        time: now,
        meta: {
          log_type: 'http_access-log',
          service: 'http',
          source_ip: '192.0.2.7',
          http_status: '404',
          http_verb: 'GET',
          http_path: '/x',
          http_user_agent: 'curl',
          target_fqdn: '',
          site: 'shop',
        },
      },
    })
  })

  it('tell what judged a request', () => {
    const draft = events.block({
      ...facts,
      judgement: { step: 'waf', verdict: 'would-block' },
      traceId: 't1',
    })
    const signal = signalOfEvent(seal(draft))
    expect(signal?.trace).toBe('t1')
    expect(signal?.event.meta).toMatchObject({
      log_type: 'http_block',
      block_step: 'waf',
      block_verdict: 'would-block',
    })
  })

  it.each(['ban', 'challenge'])(
    'do not exist for what the step %s refused: a ban must not feed itself',
    (step) => {
      expect(
        signalOfEvent(seal(events.block({ ...facts, judgement: { step, verdict: 'block' } }))),
      ).toBeUndefined()
    },
  )

  it('tell of a trap that was touched, whatever step says so', () => {
    const judgement = { step: 'challenge', verdict: 'block' as const }
    const draft = events.block({ ...facts, judgement, rule: { id: 'honeypot-path' } })
    expect(signalOfEvent(seal(draft))?.event.meta).toMatchObject({ log_type: 'http_honeypot' })
  })

  it('do not exist for the 403 of a challenge', () => {
    const draft = events.access({ ...facts, status: 403 })
    const trace = [{ step: 'challenge', verdict: 'block' }]
    expect(signalOfEvent(seal({ ...draft, sevenfold: { ...draft.sevenfold, trace } }))).toBeUndefined()
  })

  it('tell of a tool that the edge refused by its name, which is no challenge of a person', () => {
    const judgement = { step: 'challenge', verdict: 'block' as const, rules: ['scanner-agent'] }
    const signal = signalOfEvent(seal(events.block({ ...facts, judgement })))
    expect(signal?.event.meta).toMatchObject({ log_type: 'http_scanner', source_ip: '192.0.2.7' })
  })

  it('tell failed logins from good ones', () => {
    const login = (outcome: 'success' | 'failure') =>
      signalOfEvent(seal(events.authentication({ outcome, userName: 'ana', clientAddress: '192.0.2.7' })))
    expect(login('failure')?.event.meta).toMatchObject({ log_type: 'auth_failed', target_user: 'ana' })
    expect(login('success')?.event.meta).toMatchObject({ log_type: 'auth_success' })
  })

  it('count folded repeats, up to a limit', () => {
    const repeated = (count: number) => {
      const draft = events.access(facts)
      const repeat = { count, first: draft['@timestamp'], last: draft['@timestamp'] }
      return signalOfEvent(seal({ ...draft, sevenfold: { ...draft.sevenfold, repeat } }))?.times
    }
    expect([repeated(0), repeated(7), repeated(maxTimes), repeated(maxTimes + 1)]).toEqual([
      1,
      7,
      maxTimes,
      maxTimes,
    ])
  })

  it('do not exist without an address and for events of other kinds', () => {
    expect(signalOfEvent(seal(events.access({ ...facts, clientAddress: 'unknown' })))).toBeUndefined()
    expect(signalOfEvent(seal(events.notice('test', 'x')))).toBeUndefined()
    expect(signalOfEvent(seal(events.authentication({ outcome: 'failure', userName: 'a' })))).toBeUndefined()
  })
})

const context = { nowMs: now, site: 'shop' } as const
const json = (object: object) => signalOfLine(JSON.stringify(object), { ...context, format: 'json-access' })
const nginx = (line: string) => signalOfLine(line, { ...context, format: 'nginx' })

describe('signals of application logs', () => {
  it('are read from JSON access lines', () => {
    const line = {
      event: 'access',
      time: '2026-01-31T11:59:59.500Z',
      peer: '127.0.0.66',
      method: 'GET',
      path: '/a?b=1#c',
      status: 404,
      user_agent: 'x',
      trace: 't',
    }
    expect(json(line)).toEqual({
      origin: 'app-log',
      trace: 't',
      times: 1,
      event: {
        time: now - 500,
        meta: {
          service: 'http',
          site: 'shop',
          log_type: 'http_access-log',
          http_status: '404',
          http_verb: 'GET',
          http_path: '/a',
          http_user_agent: 'x',
          source_ip: '127.0.0.66',
        },
      },
    })
  })

  it('are read from JSON login lines', () => {
    const signal = json({ event: 'login', peer: '192.0.2.1', user: 'ana', outcome: 'failure' })
    expect(signal?.event.meta).toMatchObject({
      log_type: 'auth_failed',
      target_user: 'ana',
      source_ip: '192.0.2.1',
    })
    expect(
      json({ event: 'login', peer: '192.0.2.1', user: 'ana', outcome: 'success' })?.event.meta['log_type'],
    ).toBe('auth_success')
  })

  it('are read from the combined format', () => {
    const line =
      '192.0.2.1 - - [31/Jan/2026:13:00:00 +0100] "GET /wp-login.php?x=1 HTTP/1.1" 404 153 "-" "Mozilla/5.0"'
    expect(nginx(line)).toMatchObject({
      trace: '',
      event: {
        time: now,
        meta: {
          http_status: '404',
          http_verb: 'GET',
          http_path: '/wp-login.php',
          http_user_agent: 'Mozilla/5.0',
          source_ip: '192.0.2.1',
        },
      },
    })
    expect(
      nginx('2001:db8::1 - bob [31/Jan/2026:13:00:00 +0100] "POST / HTTP/2.0" 200 1')?.event.meta[
        'source_ip'
      ],
    ).toBe('2001:db8::1')
  })

  it('take the time of reading where a line has none', () => {
    expect(json({ peer: '192.0.2.1', status: 200 })?.event.time).toBe(now)
    expect(nginx('192.0.2.1 - - [nonsense] "GET / HTTP/1.1" 200 1')?.event.time).toBe(now)
  })

  it.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['no address', '{"status":404}'],
    ['a name for an address', '{"status":404,"peer":"example.org"}'],
    ['no status', '{"peer":"192.0.2.1"}'],
    ['a status that is none', '{"peer":"192.0.2.1","status":"many"}'],
    ['deep nesting', `{"peer":"192.0.2.1","status":404,"x":${'['.repeat(50)}${']'.repeat(50)}}`],
  ])('do not exist for a JSON line with %s', (_name, line) => {
    expect(signalOfLine(line, { ...context, format: 'json-access' })).toBeUndefined()
  })

  it('never throw and never take long, whatever a line holds', () => {
    const hostile = [
      '192.0.2.1 - - [',
      `192.0.2.1 - ${' '.repeat(60_000)}`,
      `${'a '.repeat(30_000)}[x] "G / H" 200 1`,
      `192.0.2.1 - - [x] "GET ${'/'.repeat(60_000)} HTTP/1.1" 200 1`,
    ]
    for (const line of hostile) expect(nginx(line)).toBeUndefined()
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (line) => {
        expect(() => [nginx(line), signalOfLine(line, { ...context, format: 'json-access' })]).not.toThrow()
      }),
    )
  })
})
