import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseJsonBody } from './json.ts'

const limits = { maxArguments: 1000, maxDepth: 8 }

function pairs(body: string, names: 'indexed' | 'plain' = 'indexed'): [string, string][] {
  const { args } = parseJsonBody(body, limits, names)
  return args.names.map((name, row) => [name, args.values[row] ?? ''])
}

const valid: readonly (readonly [body: string, pairs: readonly (readonly [string, string])[]])[] = [
  ['{"a":1}', [['json.a', '1']]],
  [' { "a" : { "b" : "c" } } ', [['json.a.b', 'c']]],
  [
    '{"a":[true,false,null,-1.5e3]}',
    [
      ['json.a.array_0', 'true'],
      ['json.a.array_1', 'false'],
      ['json.a.array_2', ''],
      ['json.a.array_3', '-1.5e3'],
    ],
  ],
  [
    '{"a":1,"a":2}',
    [
      ['json.a', '1'],
      ['json.a', '2'],
    ],
  ],
  ['["x"]', [['json.array_0', 'x']]],
  [
    '{"":"x","a":{"":1}}',
    [
      ['json.empty-key', 'x'],
      ['json.a.empty-key', '1'],
    ],
  ],
  ['"x"', [['json', 'x']]],
  ['{"a":"\\u0041\\n\\"\\/"}', [['json.a', 'A\n"/']]],
  ['{"a":"\\u00e9\\ud83d\\ude00"}', [['json.a', '\xc3\xa9\xf0\x9f\x98\x80']]],
  ['{"a":"\xc3\xa9"}', [['json.a', '\xc3\xa9']]],
  ['{"a":{},"b":[]}', []],
]

const broken = [
  '{',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '[1,]',
  'a',
  '01',
  '{"a":1}x',
  '"\x01"',
  '"\xff"',
  '"\\x"',
  '"\\u12"',
  '{a:1}',
  "{'a':1}",
]

describe('JSON bodies', () => {
  it.each(valid)('names the values of %s by their paths', (body, expected) => {
    expect(pairs(body)).toEqual(expected)
    expect(parseJsonBody(body, limits, 'indexed').error).toBeNull()
  })

  it.each(broken)('refuses %j', (body) => {
    expect(parseJsonBody(body, limits, 'indexed').error).not.toBeNull()
  })

  it('leaves the index out of names when asked to', () => {
    expect(pairs('{"a":[1,{"b":2}]}', 'plain')).toEqual([
      ['json.a', '1'],
      ['json.a.b', '2'],
    ])
  })

  it('takes nesting up to the limit and not beyond', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`
    expect(parseJsonBody(nested(8), limits, 'plain').error).toBeNull()
    expect(parseJsonBody(nested(9), limits, 'plain').error).toContain('nested deeper than 8')
    expect(parseJsonBody('['.repeat(100_000), limits, 'plain').error).toContain('nested deeper')
  })

  it('takes arguments up to the limit and keeps those before the fault', () => {
    const list = (count: number): string => JSON.stringify(Array.from({ length: count }, () => 1))
    expect(parseJsonBody(list(1000), limits, 'plain').error).toBeNull()
    const over = parseJsonBody(list(1001), limits, 'plain')
    expect(over.error).toBe('more arguments than allowed')
    expect(over.args.names).toHaveLength(1000)
  })

  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (object) => {
        const body = Buffer.from(JSON.stringify(object), 'utf8').toString('latin1')
        const expected = Object.entries(object).map(([name, value]) => [
          `json.${latin(name) || 'empty-key'}`,
          latin(value),
        ])
        expect(pairs(body)).toEqual(expected)
      }),
    )
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        parseJsonBody(Buffer.from(bytes).toString('latin1'), limits, 'indexed')
      }),
    )
  })
})

// JSON.stringify writes lone surrogates as escapes, which become three bytes each.
function latin(text: string): string {
  return text
    .split(/([\ud800-\udbff][\udc00-\udfff])/)
    .map((piece) => {
      if (/^[\ud800-\udbff][\udc00-\udfff]$/.test(piece)) return Buffer.from(piece, 'utf8').toString('latin1')
      return [...piece].map((unit) => surrogateBytes(unit)).join('')
    })
    .join('')
}

function surrogateBytes(unit: string): string {
  const code = unit.charCodeAt(0)
  if (code < 0xd800 || code > 0xdfff) return Buffer.from(unit, 'utf8').toString('latin1')
  return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
}
