import type { JsonObject } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { eventLine, palette } from './event-line.ts'

const plain = palette(false)
const access: JsonObject = {
  '@timestamp': '2026-01-02T03:04:05.678Z',
  event: { action: 'access' },
  sevenfold: { kind: 'access', layer: 'edge' },
  source: { ip: '192.0.2.7' },
  url: { original: '/search?q=tea' },
  http: { request: { method: 'GET', id: 'abc' }, response: { status_code: 200 } },
}

describe('eventLine', () => {
  it('shows time, layer, kind, source and request', () => {
    expect(eventLine(access, plain)).toBe(
      '03:04:05 edge      access    192.0.2.7       200 GET /search?q=tea',
    )
  })

  it('shows what judged a block, its rules and its id', () => {
    const block = {
      ...access,
      sevenfold: {
        kind: 'block',
        layer: 'edge',
        judgement: { step: 'waf', verdict: 'block', rules: ['942100', '949110'] },
      },
    }
    expect(eventLine(block, plain)).toContain('GET /search?q=tea  [waf 942100 949110]  id abc')
  })

  it('says what monitor mode would have blocked', () => {
    const judgement = { step: 'waf', verdict: 'would-block', rules: [] }
    expect(eventLine({ ...access, sevenfold: { kind: 'block', judgement } }, plain)).toContain(
      '[would block: waf]',
    )
  })

  it('shows decisions with their end, and repeats with their number', () => {
    const decision = {
      '@timestamp': '2026-01-02T03:04:05Z',
      event: { action: 'decision-add' },
      sevenfold: {
        kind: 'decision',
        layer: 'detection',
        decision: { type: 'ban', value: '192.0.2.7', scenario: 'probing', until: '2026-01-02T07:04:05Z' },
        repeat: { count: 21 },
      },
    }
    expect(eventLine(decision, plain)).toBe(
      '03:04:05 detection decision  -               decision-add: ban 192.0.2.7 for probing until 2026-01-02T07:04:05Z (21 times)',
    )
  })

  it('lets no field move the cursor, ring, recolour or start a line', () => {
    const hostile = '\u001b[2J\u0007\n\u202egpj'
    const event = {
      '@timestamp': hostile,
      sevenfold: { kind: hostile, layer: hostile, judgement: { step: hostile, rules: [hostile] } },
      source: { ip: hostile },
      url: { original: hostile },
      message: hostile,
    }
    expect(eventLine(event, plain)).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u202e]*$/)
  })

  it('has colours only when they are wanted', () => {
    expect(eventLine(access, palette(true))).toMatch(/^\u001b\[90m.*\u001b\[0m$/)
    expect(eventLine(access, plain)).not.toContain('\u001b')
  })

  it('survives events without any of its fields and of wrong types', () => {
    for (const event of [{}, { sevenfold: 5, source: [1], http: null }, { '@timestamp': 5, url: 'x' }]) {
      expect(eventLine(event as JsonObject, plain)).toContain('--:--:--')
    }
  })
})
