import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEvent } from './decode.ts'

const valid = {
  '@timestamp': '2026-01-31T12:00:00.000Z',
  ecs: { version: '9.0.0' },
  event: {
    id: 'e1',
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

function changed(path: string, value: unknown): string {
  const copy = structuredClone(valid) as Record<string, unknown>
  const keys = path.split('.')
  let holder = copy
  for (const key of keys.slice(0, -1)) holder = (holder[key] ??= {}) as Record<string, unknown>
  const last = keys.at(-1) ?? ''
  if (value === undefined) delete holder[last]
  else holder[last] = value
  return JSON.stringify(copy)
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i += 1) value = { a: value }
  return value
}

const refused: readonly (readonly [why: string, line: string, code: string])[] = [
  ['text that is not JSON', '{', 'EVENT_JSON_SYNTAX'],
  ['an array', '[]', 'EVENT_FIELD_TYPE'],
  ['a 1 MB string', changed('message', 'x'.repeat(1_000_000)), 'EVENT_JSON_TOO_LONG'],
  ['nesting one deeper than allowed', changed('extra', nested(12)), 'EVENT_JSON_TOO_DEEP'],
  [
    'more values than allowed',
    changed('labels', Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, 1]))),
    'EVENT_JSON_TOO_MANY_NODES',
  ],
  [
    'a __proto__ key',
    `${JSON.stringify(valid).slice(0, -1)},"__proto__":{"admin":true}}`,
    'EVENT_JSON_BAD_KEY',
  ],
  ['a nested constructor key', changed('labels', { constructor: 'x' }), 'EVENT_JSON_BAD_KEY'],
  ['a dotted key', `${JSON.stringify(valid).slice(0, -1)},"source.ip":"1.2.3.4"}`, 'EVENT_JSON_BAD_KEY'],
  ['a missing agent', changed('agent', undefined), 'EVENT_FIELD_MISSING'],
  ['an agent that is a string', changed('agent', 'edge/w0'), 'EVENT_FIELD_TYPE'],
  ['an empty agent id', changed('agent.id', ''), 'EVENT_FIELD_TYPE'],
  ['an agent id of 129 characters', changed('agent.id', 'a'.repeat(129)), 'EVENT_FIELD_TYPE'],
  ['sequence 0', changed('event.sequence', 0), 'EVENT_FIELD_TYPE'],
  ['a fractional sequence', changed('event.sequence', 1.5), 'EVENT_FIELD_TYPE'],
  ['a sequence beyond 2^53', changed('event.sequence', 2 ** 60), 'EVENT_FIELD_TYPE'],
  ['a status code that is text', changed('http.response.status_code', '200'), 'EVENT_FIELD_TYPE'],
  ['a category that is a string', changed('event.category', 'web'), 'EVENT_FIELD_TYPE'],
  ['a time that is not one', changed('@timestamp', '2026-13-45T99:00:00Z'), 'EVENT_FIELD_TYPE'],
  ['an unknown lane', changed('sevenfold.lane', 'middle'), 'EVENT_FIELD_TYPE'],
  ['an unknown kind', changed('sevenfold.kind', 'gossip'), 'EVENT_FIELD_TYPE'],
  ['an unknown layer', changed('sevenfold.layer', 'moat'), 'EVENT_FIELD_TYPE'],
  ['a later version', changed('sevenfold.v', 2), 'EVENT_VERSION'],
]

describe('decodeEvent', () => {
  it('accepts a minimal event', () => {
    expect(decodeEvent(JSON.stringify(valid))).toMatchObject({ ok: true, value: valid })
  })

  it('keeps ECS fields that we do not know', () => {
    const decoded = decodeEvent(changed('cloud', { region: 'eu' }))
    expect(decoded).toMatchObject({ ok: true, value: { cloud: { region: 'eu' } } })
  })

  it('accepts nesting of exactly the limit', () => {
    expect(decodeEvent(changed('extra', nested(11))).ok).toBe(true)
  })

  it('accepts an agent id of 128 characters', () => {
    expect(decodeEvent(changed('agent.id', 'a'.repeat(128))).ok).toBe(true)
  })

  it('takes a field whose text looks like an internal mark for what it is', () => {
    expect(decodeEvent(changed('message', 'not-an-object')).ok).toBe(true)
  })

  it.each(refused)('refuses %s', (_why, line, code) => {
    expect(decodeEvent(line)).toMatchObject({ ok: false, code })
  })

  it('never throws and never pollutes a prototype, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        decodeEvent(text)
        expect(Object.prototype).not.toHaveProperty('admin')
      }),
    )
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decodeEvent(text)))
  })
})
