import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEvent } from './decode.ts'
import type { SevenfoldEvent } from './event.ts'
import { encodeLine, maxLineBytes } from './line.ts'

const event: SevenfoldEvent = {
  '@timestamp': '2026-01-31T12:00:00.000Z',
  ecs: { version: '9.0.0' },
  event: {
    id: '01890000-0000-7000-8000-000000000001',
    kind: 'event',
    category: ['web'],
    type: ['access'],
    action: 'access',
    dataset: 'sevenfold.edge.access',
    module: 'sevenfold',
    sequence: 1,
  },
  agent: { id: 'edge/w0', ephemeral_id: 'epoch-1' },
  sevenfold: { v: 1, kind: 'access', layer: 'edge', lane: 'low' },
}

const overhead = Buffer.byteLength(encodeLine({ ...event, message: '' }))

describe('encodeLine', () => {
  it('keeps a line of exactly the limit as it is', () => {
    const line = encodeLine({ ...event, message: 'x'.repeat(maxLineBytes - overhead) })
    expect(Buffer.byteLength(line)).toBe(maxLineBytes)
    expect(line).not.toContain('truncated')
  })

  it('cuts a line one byte over the limit and names the field', () => {
    const line = encodeLine({ ...event, message: 'x'.repeat(maxLineBytes - overhead + 1) })
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes)
    const decoded = decodeEvent(line)
    expect(decoded.ok && decoded.value.sevenfold.truncated).toEqual(['message'])
  })

  it('cuts the longest field first and leaves short ones alone', () => {
    const line = encodeLine({
      ...event,
      message: 'x'.repeat(1_000_000),
      url: { path: '/short', query: 'y'.repeat(20_000) },
    })
    const decoded = decodeEvent(line)
    expect(decoded.ok && decoded.value.url?.path).toBe('/short')
    expect(decoded.ok && decoded.value.url?.query).toHaveLength(20_000)
  })

  it('keeps the identity of an event with more fields than fit', () => {
    const labels = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 'v'.repeat(100)]))
    const decoded = decodeEvent(encodeLine({ ...event, labels }))
    expect(decoded).toMatchObject({
      ok: true,
      value: { event: { sequence: 1 }, sevenfold: { truncated: ['*'] } },
    })
  })

  it('never leaves half of a surrogate pair and always fits, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.integer({ min: 1, max: 400 }),
        (unit, times) => {
          const message = unit.repeat(times)
          const line = encodeLine({ ...event, message })
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes)
          expect(decodeEvent(line).ok).toBe(true)
          expect(Buffer.from(line).toString()).toBe(line)
        },
      ),
      { numRuns: 60 },
    )
  })
})
