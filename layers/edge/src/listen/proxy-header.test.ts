import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { proxyBinaryLimit, proxyTextLimit, readProxyHeader } from './proxy-header.ts'

const signature = '\r\n\r\n\0\r\nQUIT\n'

/** A version 2 header. */
function binary(command: number, family: number, body: readonly number[]): Buffer {
  const length = Buffer.from([body.length >> 8, body.length & 255])
  return Buffer.concat([
    Buffer.from(signature, 'latin1'),
    Buffer.from([command, family]),
    length,
    Buffer.from(body),
  ])
}

const inet = [192, 0, 2, 7, 198, 51, 100, 1, 0x30, 0x39, 0x01, 0xbb]
const inet6 = [
  ...Buffer.from('20010db800000000000000000000000700000000000000000000000000000000303901bb', 'hex'),
]

const good: Readonly<Record<string, readonly [bytes: Buffer, client: unknown]>> = {
  'version 1, IPv4': [
    Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 12345 443\r\n'),
    { address: '192.0.2.7', port: 12_345 },
  ],
  'version 1, IPv6': [
    Buffer.from('PROXY TCP6 2001:DB8::7 2001:db8::1 1 2\r\n'),
    { address: '2001:db8::7', port: 1 },
  ],
  'version 1, unknown': [Buffer.from('PROXY UNKNOWN ff 1 2 3\r\n'), null],
  'version 2, IPv4': [binary(0x21, 0x11, inet), { address: '192.0.2.7', port: 12_345 }],
  'version 2, IPv4 with further fields': [
    binary(0x21, 0x11, [...inet, 4, 0, 1, 0]),
    { address: '192.0.2.7', port: 12_345 },
  ],
  'version 2, IPv6': [binary(0x21, 0x21, inet6), { address: '2001:db8:0:0:0:0:0:7', port: 12_345 }],
  'version 2, LOCAL': [binary(0x20, 0x00, []), null],
  'version 2, unspecified': [binary(0x21, 0x00, []), null],
}

const bad: Readonly<Record<string, Buffer>> = {
  'no header': Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  'another version': Buffer.from('PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n'),
  'addresses of another family': Buffer.from('PROXY TCP4 ::1 ::1 1 1\r\n'),
  'a leading zero in a port': Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n'),
  'a port that is too large': Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n'),
  'a leading zero in an address': Buffer.from('PROXY TCP4 1.2.3.04 1.2.3.4 1 1\r\n'),
  'two spaces': Buffer.from('PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n'),
  'a bare LF': Buffer.from(`PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n${'x'.repeat(200)}`),
  'version 2 with another command': binary(0x22, 0x11, inet),
  'version 2 for UDP': binary(0x21, 0x12, inet),
  'version 2 with a Unix address': binary(
    0x21,
    0x31,
    Array.from({ length: 216 }, () => 0),
  ),
  'version 2 that is too short for its address': binary(0x21, 0x11, inet.slice(0, 8)),
}

describe('readProxyHeader', () => {
  for (const [name, [bytes, client]] of Object.entries(good)) {
    it(`reads ${name}, at every cut`, () => {
      const behind = Buffer.concat([bytes, Buffer.from('GET /')])
      expect(readProxyHeader(behind)).toEqual({ length: bytes.length, client })
      for (let cut = 0; cut < bytes.length; cut += 1) {
        expect(readProxyHeader(bytes.subarray(0, cut)), String(cut)).toBe('incomplete')
      }
    })
  }

  for (const [name, bytes] of Object.entries(bad)) {
    it(`refuses ${name}`, () => expect(readProxyHeader(bytes)).toBe('malformed'))
  }

  it('takes a text of 107 bytes and none of 108', () => {
    const text = (length: number): Buffer => Buffer.from(`PROXY UNKNOWN ${'x'.repeat(length - 16)}\r\n`)
    expect(text(proxyTextLimit).length).toBe(107)
    expect(readProxyHeader(text(proxyTextLimit))).toEqual({ length: 107, client: null })
    expect(readProxyHeader(text(proxyTextLimit + 1))).toBe('malformed')
  })

  it('takes a binary header of 4096 bytes and none of 4097', () => {
    const sized = (length: number): Buffer =>
      binary(0x21, 0x11, [...inet, ...Array.from({ length: length - 28 }, () => 0)])
    expect(readProxyHeader(sized(proxyBinaryLimit))).toMatchObject({ length: 4096 })
    expect(readProxyHeader(sized(proxyBinaryLimit + 1))).toBe('malformed')
  })
})
