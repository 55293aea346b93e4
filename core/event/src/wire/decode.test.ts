import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchLimits } from './batch.ts'
import {
  decodeBatchHeaders,
  decodeControlRequest,
  decodeDecision,
  decodeDecisionDelta,
  decodeHeartbeat,
  decodeSensorMessage,
  decodeSignedHeartbeat,
} from './decode.ts'

const decision = {
  id: 1,
  type: 'ban',
  scope: 'Ip',
  value: '192.0.2.1',
  duration: '1h',
  until: '2026-01-31T12:00:00Z',
  origin: 'crowdsec',
  scenario: 's',
}

const headers = {
  'sevenfold-agent': 'edge/w0',
  'sevenfold-epoch': 'e1',
  'sevenfold-lane': 'high',
  'sevenfold-first': '1',
  'sevenfold-blocks': '2,3',
  'sevenfold-key': '0123456789abcdef',
  'sevenfold-signature': `${'A'.repeat(86)}==`,
}

describe('decodeDecision', () => {
  it("takes CrowdSec's spelling of a scope", () => {
    expect(decodeDecision(JSON.stringify(decision))).toMatchObject({ ok: true, value: { scope: 'ip' } })
  })
  it.each([
    ['scope', 'planet'],
    ['until', 'soon'],
    ['id', -1],
    ['value', 'x'.repeat(257)],
  ])('refuses a wrong %s', (key, value) => {
    expect(decodeDecision(JSON.stringify({ ...decision, [key]: value }))).toMatchObject({
      ok: false,
      path: key,
    })
  })
  it('accepts a value of 256 characters', () => {
    expect(decodeDecision(JSON.stringify({ ...decision, value: 'x'.repeat(256) })).ok).toBe(true)
  })
})

describe('decodeDecisionDelta', () => {
  it('refuses removal by anything but an id', () => {
    expect(decodeDecisionDelta(JSON.stringify({ version: 1, add: [], remove: ['1'] }))).toMatchObject({
      ok: false,
    })
  })
})

describe('decodeBatchHeaders', () => {
  it('reads all headers', () => {
    expect(decodeBatchHeaders(headers)).toMatchObject({
      ok: true,
      value: { first: 1, blocks: [2, 3], lane: 'high' },
    })
  })
  it.each([
    ['sevenfold-agent', '../etc'],
    ['sevenfold-lane', 'middle'],
    ['sevenfold-first', '0'],
    ['sevenfold-blocks', '1,,2'],
    ['sevenfold-blocks', '0'],
    ['sevenfold-key', 'xyz'],
    ['sevenfold-signature', 'short'],
  ])('refuses a wrong %s: %s', (name, value) => {
    expect(decodeBatchHeaders({ ...headers, [name]: value })).toMatchObject({ ok: false, path: name })
  })
  it('refuses a header that came twice', () => {
    expect(decodeBatchHeaders({ ...headers, 'sevenfold-lane': ['high', 'low'] }).ok).toBe(false)
  })
  it('counts blocks and lines up to the limit and not beyond', () => {
    const blocks = (count: number): string => Array.from({ length: count }, () => '1').join(',')
    expect(decodeBatchHeaders({ ...headers, 'sevenfold-blocks': blocks(batchLimits.maxBlocks) }).ok).toBe(
      true,
    )
    expect(decodeBatchHeaders({ ...headers, 'sevenfold-blocks': blocks(batchLimits.maxBlocks + 1) }).ok).toBe(
      false,
    )
    expect(decodeBatchHeaders({ ...headers, 'sevenfold-blocks': String(batchLimits.maxLines) }).ok).toBe(true)
    expect(decodeBatchHeaders({ ...headers, 'sevenfold-blocks': String(batchLimits.maxLines + 1) }).ok).toBe(
      false,
    )
  })
})

describe('every wire decoder', () => {
  it('never throws, whatever it is given', () => {
    const decoders = [
      decodeDecision,
      decodeDecisionDelta,
      decodeControlRequest,
      decodeHeartbeat,
      decodeSensorMessage,
      decodeSignedHeartbeat,
    ]
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        for (const decode of decoders) decode(text)
      }),
    )
  })
  it('refuses a control line over its limit and accepts one at it', () => {
    const line = JSON.stringify({ id: '1', op: 'status', actor: 'a' })
    expect(decodeControlRequest(line + ' '.repeat(65_536 - line.length)).ok).toBe(true)
    expect(decodeControlRequest(line + ' '.repeat(65_537 - line.length)).ok).toBe(false)
  })
})
