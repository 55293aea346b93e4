import { createPublicKey, verify } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  batchSigningText,
  decodeBatchHeaders,
  decodeControlRequest,
  decodeDecisionDelta,
  decodeEvent,
  decodeHeartbeat,
  decodeSensorMessage,
  decodeSignedHeartbeat,
  heartbeatContext,
  identityOf,
} from '../src/index.ts'
import type { Decoded, HeaderValues } from '../src/index.ts'
import { goldenFiles, goldenPublicKey } from './golden.ts'

const folder = new URL('../testdata/wire/', import.meta.url)
const file = (name: string): URL => new URL(`${name}.ndjson`, folder)
const linesOf = (name: string): string[] => readFileSync(file(name), 'utf8').trimEnd().split('\n')
const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), goldenPublicKey])
const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })

function unwrap<T>(decoded: Decoded<T>): T {
  if (!decoded.ok) throw new Error(`${decoded.code} at ${decoded.path}: ${decoded.message}`)
  return decoded.value
}

/** The part of each line under `key`, as text. */
function parts(name: string, key: string): string[] {
  const values: string[] = []
  for (const line of linesOf(name)) {
    const value = (JSON.parse(line) as Record<string, unknown>)[key]
    if (value !== undefined) values.push(JSON.stringify(value))
  }
  return values
}

describe('golden wire files', () => {
  it.each(Object.entries(goldenFiles()))('%s.ndjson is what the code writes today', (name, lines) => {
    const text = `${lines.join('\n')}\n`
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file(name), text)
    expect(readFileSync(file(name), 'utf8')).toBe(text)
  })

  it('events decode and keep their identity', () => {
    const identities = linesOf('event').map((line) => identityOf(unwrap(decodeEvent(line))))
    expect(identities.map((identity) => `${identity.lane}${identity.sequence}`)).toEqual([
      'low1',
      'high1',
      'high2',
      'high3',
      'high4',
      'high5',
      'high6',
      'high7',
    ])
  })

  it('a heartbeat verifies over exactly the text it carries', () => {
    const envelope = unwrap(decodeSignedHeartbeat(linesOf('heartbeat')[0] ?? ''))
    const signed = Buffer.from(`${heartbeatContext}\n${envelope.body}`)
    expect(verify(null, signed, publicKey, Buffer.from(envelope.signature, 'base64'))).toBe(true)
    expect(
      verify(
        null,
        Buffer.concat([signed, Buffer.from(' ')]),
        publicKey,
        Buffer.from(envelope.signature, 'base64'),
      ),
    ).toBe(false)
    expect(unwrap(decodeHeartbeat(envelope.body))).toMatchObject({ agent: 'edge/w0', boot: 3 })
  })

  it('a batch verifies over its headers and body', async () => {
    const request = JSON.parse(linesOf('batch')[0] ?? '{}') as { headers: HeaderValues; body: string }
    const headers = unwrap(decodeBatchHeaders(request.headers))
    const { createHash } = await import('node:crypto')
    const text = batchSigningText(headers, createHash('sha256').update(request.body).digest('hex'))
    expect(verify(null, Buffer.from(text), publicKey, Buffer.from(headers.signature, 'base64'))).toBe(true)
    expect(headers.blocks.reduce((a, b) => a + b)).toBe(request.body.trimEnd().split('\n').length)
  })

  it('decisions, control requests and sensor messages decode', () => {
    expect(linesOf('decision').map((line) => unwrap(decodeDecisionDelta(line)).version)).toEqual([41, 42])
    expect(parts('control', 'request').map((text) => unwrap(decodeControlRequest(text)).op)).toEqual([
      'status',
      'mode',
      'reload',
      'selftest',
      'drain',
    ])
    expect(parts('sensor', 'sensor').map((text) => unwrap(decodeSensorMessage(text)).type)).toEqual([
      'hello',
      'event',
      'beat',
      'bye',
    ])
  })
})
