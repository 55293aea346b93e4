import { describe, expect, it } from 'vitest'
import { createRedactor } from '../privacy/redact.ts'
import { createEventBuilder } from './builder.ts'
import type { EventBuilder, RequestFacts } from './builder.ts'
import { decodeEvent } from './decode.ts'
import { sealDraft } from './event.ts'
import type { EventDraft } from './event.ts'
import { encodeLine } from './line.ts'

const now = Date.UTC(2026, 0, 31, 12)

function builder(): EventBuilder {
  let n = 0
  return createEventBuilder({
    layer: 'edge',
    now: () => now,
    newId: () => `01890000-0000-7000-8000-${String((n += 1)).padStart(12, '0')}`,
    redactor: createRedactor(new Uint8Array(32)),
  })
}

const request: RequestFacts = {
  requestId: 'r-1',
  site: 'shop',
  clientAddress: '192.0.2.7',
  clientPort: 4711,
  method: 'GET',
  path: '/search',
  query: 'q=shoes&token=abc',
  host: 'shop.example',
  httpVersion: '1.1',
  userAgent: 'curl/8',
  referrer: 'https://shop.example/login?password=hunter2',
  traceId: 't-1',
  status: 200,
  responseBytes: 512,
  durationMs: 1.5,
}

const seal = (draft: EventDraft) => sealDraft(draft, { id: 'edge/w0', ephemeral_id: 'epoch-1' }, 1)

describe('event builders', () => {
  it('hash secret-named parameters of the query and of the referrer', () => {
    const text = encodeLine(seal(builder().access(request)))
    expect(text).not.toContain('abc')
    expect(text).not.toContain('hunter2')
    expect(text).toMatch(/token=hmac:[0-9a-f]{16}/)
  })

  it('put allowed requests in the low lane and the first sight of a source in the high lane', () => {
    expect(builder().access(request).sevenfold.lane).toBe('low')
    expect(builder().access({ ...request, firstSight: true }).sevenfold.lane).toBe('high')
  })

  it('cut matched data to 200 characters', () => {
    const judgement = { step: 'waf', verdict: 'block' as const, matched: 'x'.repeat(5000) }
    const draft = builder().block({ ...request, status: 403, judgement })
    expect(draft.sevenfold.judgement?.matched).toHaveLength(200)
    const targets = ['1 ARGS:q', `2 ARGS:${'x'.repeat(500)}`]
    const named = builder().block({ ...request, judgement: { ...judgement, targets } })
    expect(named.sevenfold.judgement?.targets?.map(({ length }) => length)).toEqual([8, 200])
  })

  it('say would-block in monitor mode', () => {
    const draft = builder().block({ ...request, judgement: { step: 'waf', verdict: 'would-block' } })
    expect(draft.event.action).toBe('would-block')
    expect(draft.event.type).toEqual(['info'])
  })

  it('make events that the strict decoder accepts, for every kind', () => {
    const make = builder()
    const decision = {
      id: 1,
      type: 'ban',
      scope: 'ip' as const,
      value: '192.0.2.7',
      duration: '4h0m0s',
      until: new Date(now + 14_400_000).toISOString(),
      origin: 'sevenfold',
      scenario: 'http-probing',
    }
    const head = { sequence: 3, hash: '0'.repeat(64) }
    const drafts = [
      make.access(request),
      make.block({ ...request, status: 403, judgement: { step: 'ban', verdict: 'block' } }),
      make.authentication({ outcome: 'failure', userName: 'ann', clientAddress: '192.0.2.7' }),
      make.detection({
        rule: { id: 'http-probing', name: 'Probing' },
        message: '30 refused requests',
        count: 30,
      }),
      make.decision('add', decision),
      make.decision('remove', decision, 'unban by ann'),
      make.heartbeat({
        v: 1,
        agent: 'edge/w0',
        epoch: 'e',
        boot: 1,
        time: new Date(now).toISOString(),
        nonce: '',
        mode: 'enforce',
        lanes: { high: head, low: head },
        counters: { requests: 7 },
        config: '0'.repeat(64),
        expiry: {},
      }),
      make.finding({ control: 'c1', severity: 'high', status: 'open', summary: 'runs as root' }),
      make.proof({ seed: 's', attacks: 64, valid: 64, benignBlocked: 0, digest: '0'.repeat(64) }),
      make.admin({ op: 'mode', actor: 'ann', from: 'monitor', to: 'enforce' }, 'success'),
      make.notice('worker-replaced', 'worker 1 died'),
    ]
    for (const draft of drafts) {
      const decoded = decodeEvent(encodeLine(seal(draft)))
      expect(decoded, JSON.stringify(decoded)).toMatchObject({ ok: true })
    }
  })

  it('never write an absent field as null or undefined', () => {
    const bare: RequestFacts = {
      requestId: 'r',
      site: 's',
      clientAddress: '::1',
      method: 'GET',
      path: '/',
      httpVersion: '1.1',
      status: 200,
    }
    const line = encodeLine(seal(builder().access(bare)))
    expect(line).not.toContain('null')
    expect(Object.keys(builder().access(bare).url ?? {})).toEqual(['path', 'original'])
  })
})
