import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { AgentReport } from '../agent.ts'
import { StoredInputs } from '../inputs/stored-inputs.ts'
import { RequestContext } from '../request-context.ts'
import { blockDraft } from './block-draft.ts'
import { runCanary } from './canary.ts'
import { clientAddressOf, requestIdOf, traceIdOf } from './request-facts.ts'
import { Ring } from './ring.ts'

function requestFrom(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  return {
    url: '/search?q=x',
    method: 'GET',
    httpVersion: '1.1',
    headers,
    socket: { remoteAddress },
  } as never
}

describe('clientAddressOf', () => {
  const forwarded = { 'x-forwarded-for': '1.1.1.1, 127.8.8.8' }
  it.each([
    ['the peer, when no proxy is trusted', '127.0.0.1', forwarded, false, '127.0.0.1'],
    ['the last entry, when the peer is a trusted proxy', '127.0.0.1', forwarded, true, '127.8.8.8'],
    ['the peer, when it is another host', '10.0.0.5', forwarded, true, '10.0.0.5'],
    ['the peer, when the entry is no address', '127.0.0.1', { 'x-forwarded-for': '<x>' }, true, '127.0.0.1'],
    ['an IPv4 peer without its IPv6 form', '::ffff:127.9.9.9', {}, false, '127.9.9.9'],
  ])('is %s', (_name, peer, headers, trusts, expected) => {
    expect(clientAddressOf(requestFrom(peer, headers), trusts)).toBe(expected)
  })
})

describe('ids', () => {
  it('are taken only in their form', () => {
    expect(traceIdOf(requestFrom('::1', { 'x-sevenfold-trace': 'abc-1' }))).toBe('abc-1')
    expect(traceIdOf(requestFrom('::1', { 'x-sevenfold-trace': 'a b' }))).toBeUndefined()
    expect(requestIdOf(requestFrom('::1', { 'x-sevenfold-trace': 'abc-1' }))).toBe('abc-1')
    expect(requestIdOf(requestFrom('::1'))).toBe('')
  })
})

describe('blockDraft', () => {
  const context = new RequestContext(
    requestFrom('127.0.0.9', { 'x-sevenfold-trace': 't-1' }),
    {} as ServerResponse,
    new StoredInputs(),
  )
  const report = (mode: AgentReport['mode']): AgentReport => ({
    finding: { attack: 'sql-injection', matched: "' or 1", reason: 'why' },
    sink: 'pg.Client.query',
    mode,
    context,
  })
  const sources = { service: 'shop', trustsProxy: false, now: () => 0 }

  it('says who, what, where and how', () => {
    expect(blockDraft(report('enforce'), sources)).toMatchObject({
      '@timestamp': '1970-01-01T00:00:00.000Z',
      event: { action: 'block', dataset: 'sevenfold.runtime.block' },
      sevenfold: { site: 'shop', judgement: { step: 'runtime', verdict: 'block', matched: "' or 1" } },
      source: { ip: '127.0.0.9' },
      url: { path: '/search', query: 'q=x' },
      trace: { id: 't-1' },
      threat: { technique: { id: ['T1190'] } },
    })
  })

  it('says would-block in monitor mode', () => {
    expect(blockDraft(report('monitor'), sources).sevenfold.judgement?.verdict).toBe('would-block')
  })
})

describe('Ring', () => {
  it('drops the oldest beyond its capacity and counts them', () => {
    const ring = new Ring<number>(2)
    ring.push(1)
    ring.push(2)
    expect(ring.dropped).toBe(0)
    ring.push(3)
    expect([ring.shift(), ring.shift(), ring.shift(), ring.dropped]).toEqual([2, 3, undefined, 1])
  })
})

describe('runCanary', () => {
  it('finds that the judges judge', () => {
    expect(runCanary(() => 0)).toEqual({
      ok: true,
      time: '1970-01-01T00:00:00.000Z',
      attack: 'sql-injection',
    })
  })
})
