import { Buffer } from 'node:buffer'
import { createEventBuilder, createRedactor, decodeEvent, sealDraft } from '@sevenfold/event'
import type { RequestFacts, SevenfoldEvent } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { RequestRecord } from '../pipeline/request-record.ts'
import { AccessLineWriter } from './access-line.ts'

const redactor = createRedactor(Buffer.alloc(32, 1))
const agent = { id: 'edge/w0', ephemeral_id: 'epoch-1' }
const timestamp = '2026-01-02T03:04:05.678Z'

function headOf(target: string, headers = ''): RequestHead {
  const head = parseRequestHead(`GET ${target} HTTP/1.1\r\nHost: shop.test\r\n${headers}`, defaultHttpLimits)
  if ('refused' in head) throw new Error(head.code)
  return head
}

function recordOf(head: RequestHead | null, change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: 'req-1',
    site: 'shop',
    clientAddress: '192.0.2.7',
    clientPort: 1234,
    head,
    status: 200,
    requestBytes: 3,
    responseBytes: 5,
    durationMs: 1.5,
    canary: '',
    failure: null,
    country: '',
    asn: 0,
    tls: null,
    beside: '',
    trace: () => [{ step: 'limits', verdict: 'pass' }],
    ...change,
  }
}

function lineOf(record: RequestRecord, firstSight = false): string {
  return new AccessLineWriter(redactor).line(record, {
    timestamp,
    sequence: 7,
    agentJson: JSON.stringify(agent),
    lane: firstSight ? 'high' : 'low',
    firstSight,
  })
}

/** The same event by the builder that everybody else uses. */
function builtOf(record: RequestRecord, firstSight: boolean): SevenfoldEvent {
  const { head } = record
  if (head === null) throw new Error('a head is needed')
  const builder = createEventBuilder({
    layer: 'edge',
    now: () => Date.parse(timestamp),
    newId: () => record.id,
    redactor,
  })
  const [path = '', query] = head.target.split(/\?(.*)/s)
  const decode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')
  const facts: RequestFacts = {
    requestId: record.id,
    traceId: record.id,
    site: record.site,
    clientAddress: record.clientAddress,
    clientPort: record.clientPort,
    method: head.method,
    path,
    ...(query === undefined || query === '' ? {} : { query }),
    host: 'shop.test',
    httpVersion: '1.1',
    ...(head.userAgent === '' ? {} : { userAgent: decode(head.userAgent) }),
    ...(head.referer === '' ? {} : { referrer: decode(head.referer) }),
    status: record.status,
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    durationMs: record.durationMs,
    ...(firstSight ? { firstSight } : {}),
    ...(record.country === '' ? {} : { country: record.country }),
    ...(record.asn === 0 ? {} : { asn: record.asn }),
    ...(record.beside === '' ? {} : { beside: record.beside }),
    ...(record.tls === null ? {} : { tlsVersion: '1.3', ja4: record.tls.ja4 }),
  }
  return sealDraft(builder.access(facts), agent, 7)
}

const heads: Readonly<Record<string, RequestHead>> = {
  'a plain request': headOf('/'),
  'a query': headOf('/search?q=shoes&page=2'),
  'an empty query': headOf('/search?'),
  'a secret in the query': headOf('/login?user=ann&password=hunter2&token=abc'),
  'a card number in path and query': headOf('/pay/4111111111111111?n=4111-1111-1111-1111'),
  'quotes and backslashes': headOf('/a"b\\c?d="e"', 'User-Agent: "x\\y"\r\n'),
  'a user agent and a referer': headOf(
    '/',
    'User-Agent: Mozilla/5.0 (X11)\r\nReferer: https://a.test/?session=1&b=2\r\n',
  ),
  'UTF-8 in a user agent': headOf('/', `User-Agent: ${Buffer.from('Ünïcödé 日本').toString('latin1')}\r\n`),
  'bytes that are no UTF-8': headOf('/', 'User-Agent: \xff\xfe x\r\nReferer: \xe9\r\n'),
  'terminal escapes cannot come, but tabs can': headOf('/', 'User-Agent: a\tb\r\n'),
  'a very long user agent': headOf('/', `User-Agent: ${'x'.repeat(5000)}\r\n`),
}

describe('the access line', () => {
  for (const [name, head] of Object.entries(heads)) {
    for (const firstSight of [false, true]) {
      it(`of ${name} is what the builder makes${firstSight ? ', at first sight' : ''}`, () => {
        const record = recordOf(head)
        const line = lineOf(record, firstSight)
        expect(JSON.parse(line)).toEqual(builtOf(record, firstSight))
        expect(decodeEvent(line).ok).toBe(true)
        expect(line).not.toContain('hunter2')
        expect(line).not.toContain('4111111111111111')
      })
    }
  }

  it('names encryption, fingerprint and the proxy that asked', () => {
    const tls = {
      ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1',
      protocol: 'h2',
      version: 'TLSv1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      serverName: 'shop.test',
      site: 'shop',
      clientSubject: '',
    } as const
    const record = recordOf(headOf('/'), { tls, beside: 'auth-request' })
    expect(JSON.parse(lineOf(record, false))).toEqual(builtOf(record, false))
  })

  it('names the country and the autonomous system of the client, when they are known', () => {
    const record = recordOf(headOf('/'), { country: 'DE', asn: 64_500 })
    expect(JSON.parse(lineOf(record))).toEqual(builtOf(record, false))
    expect(decodeEvent(lineOf(record)).ok).toBe(true)
  })

  it('is the same when its texts come from memory', () => {
    const writer = new AccessLineWriter(redactor)
    const facts = {
      timestamp,
      sequence: 1,
      agentJson: '{"id":"a","ephemeral_id":"b"}',
      lane: 'low',
      firstSight: false,
    } as const
    const record = recordOf(headOf('/', 'User-Agent: u\r\nReferer: https://a.test/?token=x\r\n'))
    expect(writer.line(record, facts)).toBe(writer.line(record, facts))
  })

  it('of a refused head has no URL and decodes', () => {
    const line = lineOf(recordOf(null, { status: 400 }))
    expect(decodeEvent(line).ok).toBe(true)
    expect(JSON.parse(line)).toMatchObject({
      url: {},
      sevenfold: { trace: [{ step: 'limits', verdict: 'pass' }] },
    })
  })

  it('of a failed upstream says why, and a canary is marked', () => {
    const failure = {
      code: 'EDGE_UPSTREAM_CONNECT',
      status: 502,
      detail: 'refused "x"',
      retryable: false,
      unsent: true,
    } as const
    const line = lineOf(recordOf(headOf('/'), { status: 502, failure, canary: 'sqli-1' }))
    expect(decodeEvent(line).ok).toBe(true)
    expect(JSON.parse(line)).toMatchObject({
      error: { code: 'EDGE_UPSTREAM_CONNECT', message: 'refused "x"' },
      labels: { canary: 'sqli-1' },
    })
  })

  it('stays far below the longest line for the longest head', () => {
    const head = headOf(
      `/${'%22'.repeat(2600)}`,
      `User-Agent: ${'"'.repeat(5000)}\r\nReferer: ${'\xff'.repeat(2000)}\r\n`,
    )
    expect(Buffer.byteLength(lineOf(recordOf(head)))).toBeLessThan(60_000)
  })
})
