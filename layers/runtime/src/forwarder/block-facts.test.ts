import type { EventDraft } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { blockFactsOf } from './block-facts.ts'

const draft = {
  sevenfold: {
    kind: 'block',
    judgement: { step: 'runtime', verdict: 'block', rules: ['runtime/ssrf'], matched: 'x'.repeat(500) },
    trace: [{ step: 'fetch', verdict: 'block', detail: 'why' }],
  },
  source: { ip: '127.0.0.9' },
  url: { path: '/a', query: 'q=1', domain: 'a.example' },
  http: { version: '1.1', request: { id: 'r-1', method: 'GET' } },
  user_agent: { original: 'curl' },
  trace: { id: 't-1' },
  rule: { id: 'runtime/ssrf', name: 'why' },
  threat: { technique: { id: ['T1190', 7] } },
} as unknown as EventDraft

describe('blockFactsOf', () => {
  it('takes known fields, each with its limit, and the service from the connection', () => {
    const facts = blockFactsOf(draft, 'shop')
    expect(facts).toMatchObject({
      site: 'shop',
      clientAddress: '127.0.0.9',
      path: '/a',
      query: 'q=1',
      userAgent: 'curl',
      traceId: 't-1',
      status: 403,
      trace: [{ step: 'fetch' }],
      threat: { technique: { id: ['T1190'] } },
    })
    expect(facts?.judgement.matched?.length).toBe(200)
  })

  it.each([
    {},
    { sevenfold: { kind: 'admin' } },
    { sevenfold: { kind: 'block', judgement: { step: 'waf' } } },
  ])('takes nothing else for a block: %j', (other) => {
    expect(blockFactsOf(other as unknown as EventDraft, 'shop')).toBeUndefined()
  })
})
