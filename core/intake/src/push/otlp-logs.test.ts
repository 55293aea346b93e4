import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { maxOtlpDepth, readOtlpLogs } from './otlp-logs.ts'
import { readProtobuf } from './protobuf-reader.ts'

const varint = (value: bigint): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(bytes)
}
const bytesField = (number: number, content: Uint8Array | string): Buffer =>
  Buffer.concat([
    varint(BigInt((number << 3) | 2)),
    varint(BigInt(Buffer.byteLength(content))),
    Buffer.from(content),
  ])
const numberField = (number: number, value: bigint): Buffer =>
  Buffer.concat([varint(BigInt(number << 3)), varint(value)])
const fixed64Field = (number: number, value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return Buffer.concat([varint(BigInt((number << 3) | 1)), bytes])
}
const doubleField = (number: number, value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([varint(BigInt((number << 3) | 1)), bytes])
}
const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields)
const text = (value: string): Buffer => bytesField(1, value)
const pair = (key: string, value: Buffer): Buffer => message(bytesField(1, key), bytesField(2, value))

const record = message(
  fixed64Field(1, 1_769_860_800_123_456_789n),
  numberField(2, 17n),
  bytesField(3, 'ERROR'),
  bytesField(5, text('payment refused')),
  bytesField(6, pair('http.response.status_code', numberField(3, 502n))),
  bytesField(6, pair('ratio', doubleField(4, 0.5))),
  bytesField(6, pair('retry', numberField(2, 1n))),
  bytesField(6, pair('tags', bytesField(5, message(bytesField(1, text('a')), bytesField(1, text('b')))))),
  bytesField(6, pair('map', bytesField(6, bytesField(1, pair('below', numberField(3, -2n)))))),
  bytesField(9, Buffer.from('5b8efff798038103d269b633813fc60c', 'hex')),
  bytesField(10, Buffer.from('eee19b7ec3c1b174', 'hex')),
)
const request = bytesField(
  1,
  message(
    bytesField(1, bytesField(1, pair('service.name', text('checkout')))),
    bytesField(
      2,
      message(bytesField(1, message(bytesField(1, 'lib'), bytesField(2, '1.2'))), bytesField(2, record)),
    ),
  ),
)
const expected = {
  resource: { attributes: { 'service.name': 'checkout' } },
  scope: { name: 'lib', version: '1.2' },
  record: {
    timeUnixNano: '1769860800123456789',
    severityNumber: 17,
    severityText: 'ERROR',
    body: 'payment refused',
    attributes: {
      'http.response.status_code': 502,
      ratio: 0.5,
      retry: true,
      tags: ['a', 'b'],
      map: { below: -2 },
    },
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
  },
}
const asJson = {
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
      scopeLogs: [
        {
          scope: { name: 'lib', version: '1.2' },
          logRecords: [
            {
              timeUnixNano: '1769860800123456789',
              severityNumber: 17,
              severityText: 'ERROR',
              body: { stringValue: 'payment refused' },
              attributes: [
                { key: 'http.response.status_code', value: { intValue: '502' } },
                { key: 'ratio', value: { doubleValue: 0.5 } },
                { key: 'retry', value: { boolValue: true } },
                {
                  key: 'tags',
                  value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } },
                },
                {
                  key: 'map',
                  value: { kvlistValue: { values: [{ key: 'below', value: { intValue: '-2' } }] } },
                },
              ],
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
            },
          ],
        },
      ],
    },
  ],
}

describe('log records of OTLP', () => {
  it('are the same from JSON and from protobuf', () => {
    expect(JSON.parse(JSON.stringify(readOtlpLogs(request, 'protobuf')))).toEqual([expected])
    const json = Buffer.from(JSON.stringify(asJson))
    expect(JSON.parse(JSON.stringify(readOtlpLogs(json, 'json')))).toEqual([expected])
  })

  it.each([
    ['no JSON', 'json', Buffer.from('{')],
    ['no request', 'json', Buffer.from('{"resourceSpans":[]}')],
    ['a cut message', 'protobuf', request.subarray(0, -3)],
    ['a number without an end', 'protobuf', Buffer.alloc(12, 0xff)],
    ['a group', 'protobuf', Buffer.from([0x0b])],
  ] as const)('are none in %s', (_what, form, body) => {
    expect(readOtlpLogs(body, form)).toBeUndefined()
  })

  it('may nest values up to the limit', () => {
    const nested = (depth: number): Buffer => {
      let value = text('x')
      for (let i = 0; i < depth; i += 1) value = bytesField(5, bytesField(1, value))
      return bytesField(1, bytesField(2, bytesField(2, bytesField(5, value))))
    }
    expect(readOtlpLogs(nested(maxOtlpDepth), 'protobuf')).toHaveLength(1)
    expect(readOtlpLogs(nested(maxOtlpDepth + 1), 'protobuf')).toBeUndefined()
  })

  it('keep a key named like a prototype as any other', () => {
    const body = bytesField(1, bytesField(2, bytesField(2, bytesField(6, pair('__proto__', text('x'))))))
    const [found] = readOtlpLogs(body, 'protobuf') ?? []
    expect(JSON.stringify(found)).toContain('"__proto__":"x"')
  })

  it('are read from any bytes without a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readOtlpLogs(Buffer.from(bytes), 'protobuf')
        readOtlpLogs(Buffer.from(bytes), 'json')
      }),
    )
  })
})

it('a protobuf message gives its fields in order', () => {
  expect([...readProtobuf(message(numberField(1, 150n), text('ab')))]).toEqual([
    { number: 1, wire: 'varint', value: 150n },
    { number: 1, wire: 'bytes', value: Buffer.from('ab') },
  ])
})
