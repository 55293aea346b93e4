import { createEventBuilder, createRedactor } from '@sevenfold/event'
import type { BlockFacts, Decision, EventBuilder, PartName } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { judgingEvent } from './judging-event.ts'

function builder(layer: PartName): EventBuilder {
  const redactor = createRedactor(new Uint8Array(32))
  return createEventBuilder({ layer, now: () => 1_700_000_000_000, newId: () => 'id', redactor })
}

const request = {
  requestId: 'r-1',
  site: 'shop',
  clientAddress: '127.2.0.5',
  method: 'GET',
  path: '/search',
  httpVersion: '1.1',
  traceId: 't-1',
  status: 403,
}

function block(step: string, verdict: 'block' | 'would-block' = 'block'): BlockFacts {
  return { ...request, judgement: { step, verdict, rules: ['942100', '949110'] } }
}

const decision: Decision = {
  id: 1,
  type: 'ban',
  scope: 'ip',
  value: '127.2.0.9',
  duration: '4h',
  until: '2030-01-01T00:00:00Z',
  origin: 'sevenfold',
  scenario: 'login-failures',
}

describe('judgingEvent', () => {
  it('reads a block of the edge with address, trace, request id and rules', () => {
    expect(judgingEvent(builder('edge').block(block('waf')))).toEqual({
      column: 'edge',
      verdict: 'stopped',
      at: 1_700_000_000_000,
      address: '127.2.0.5',
      traces: ['t-1', 'r-1'],
      reason: 'waf 942100 949110',
    })
  })

  it('gives a refusal by ban to detection, whose decision it was', () => {
    expect(judgingEvent(builder('edge').block(block('ban')))).toMatchObject({
      column: 'detection',
      verdict: 'stopped',
    })
  })

  it('counts a block in monitor mode as seen', () => {
    expect(judgingEvent(builder('edge').block(block('waf', 'would-block')))).toMatchObject({
      verdict: 'detected',
    })
  })

  it('reads detections and decisions', () => {
    const events = builder('detection')
    const rule = { id: 'r', name: 'login-failures' }
    expect(judgingEvent(events.detection({ rule, message: 'm', clientAddress: '127.2.0.9' }))).toMatchObject({
      column: 'detection',
      verdict: 'detected',
      address: '127.2.0.9',
      reason: 'login-failures',
    })
    expect(judgingEvent(events.decision('add', decision))).toMatchObject({
      address: '127.2.0.9',
      verdict: 'detected',
    })
  })

  it('lets the backbone detect and never stop', () => {
    expect(judgingEvent(builder('collector').block(block('waf')))).toMatchObject({
      column: 'backbone',
      verdict: 'detected',
    })
  })

  it('takes nothing from events that judge nothing', () => {
    expect(judgingEvent(builder('edge').access(request))).toBeUndefined()
    expect(judgingEvent(builder('detection').decision('remove', decision))).toBeUndefined()
    expect(judgingEvent(builder('detection').notice('started', 'm'))).toBeUndefined()
    expect(
      judgingEvent(builder('edge').authentication({ outcome: 'failure', userName: 'a' })),
    ).toBeUndefined()
    expect(judgingEvent({})).toBeUndefined()
  })
})
