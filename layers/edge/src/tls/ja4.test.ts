import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { makeClientHello, makeHandshake } from '../../test/support/make-client-hello.ts'
import type { HelloParts } from '../../test/support/make-client-hello.ts'
import { clientHelloLimit, clientHelloRecords, readClientHello } from './client-hello.ts'
import { ja4 } from './ja4.ts'

function fingerprint(parts: HelloParts): string {
  const hello = readClientHello(makeClientHello(parts))
  if (typeof hello === 'string') throw new Error(hello)
  return ja4(hello)
}

const numbers = (text: string): number[] => text.split(',').map((one) => Number.parseInt(one, 16))

const browserCiphers = numbers('002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9')
const algorithms = numbers('0403,0804,0401,0503,0805,0501,0806,0601')

// The example of the specification (FoxIO, technical details of JA4), and the published raw form of a later browser.
const vectors: Readonly<Record<string, { parts: HelloParts; expected: string }>> = {
  'the example of the specification': {
    parts: {
      ciphers: browserCiphers,
      extensions: numbers('0000,0005,000a,000b,000d,0010,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01'),
      versions: [0x0304, 0x0303],
      signatureAlgorithms: algorithms,
      alpn: ['h2', 'http/1.1'],
      serverName: 'example.com',
    },
    expected: 't13d1516h2_8daaf6152771_e5627efa2ab1',
  },
  'a browser that shuffles and sends GREASE': {
    parts: {
      ciphers: numbers('8a8a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035'),
      extensions: numbers(
        'dada,002d,0033,0010,fe0d,0017,44cd,0000,000b,000a,002b,ff01,0023,0012,0005,000d,001b,3a3a',
      ),
      versions: [0x7a7a, 0x0304, 0x0303],
      signatureAlgorithms: algorithms,
      alpn: ['h2', 'http/1.1'],
      serverName: 'tls.example',
    },
    expected: 't13d1516h2_8daaf6152771_d8a2da3f94cd',
  },
}

describe('ja4', () => {
  for (const [name, { parts, expected }] of Object.entries(vectors)) {
    it(`gives the published fingerprint of ${name}`, () => expect(fingerprint(parts)).toBe(expected))
  }

  const heads: readonly (readonly [name: string, parts: Partial<HelloParts>, head: string])[] = [
    ['TLS 1.2 without supported_versions', { extensions: [10] }, 't12i010100'],
    ['TLS 1.0', { version: 0x0301, extensions: [] }, 't10i010000'],
    ['SSL 3', { version: 0x0300, extensions: [] }, 'ts3i010000'],
    ['an unknown version', { version: 0x0999, extensions: [] }, 't00i010000'],
    ['a name that is empty', { extensions: [0] }, 't12d010100'],
    ['a protocol of one letter', { extensions: [16], alpn: ['h'] }, 't12i0101hh'],
    ['a protocol that is no text', { extensions: [16], alpn: ['\xab\x01\xcd'] }, 't12i0101ad'],
    ['a protocol of a dash', { extensions: [16], alpn: ['0\x20'] }, 't12i010130'],
    ['over 99 extensions', { extensions: Array.from({ length: 120 }, (_, i) => 0x1000 + i) }, 't12i019900'],
  ] // prettier-ignore
  for (const [name, parts, head] of heads) {
    it(`names ${name} in its first part`, () => {
      expect(fingerprint({ ciphers: [0x1301], extensions: [], ...parts }).slice(0, 10)).toBe(head)
    })
  }

  it('has zeros where there is nothing to hash', () => {
    expect(fingerprint({ ciphers: [0x0a0a], extensions: [0x1a1a] })).toBe(
      't12i000000_000000000000_000000000000',
    )
  })

  it('does not change when a client shuffles its extensions', () => {
    const { parts } = vectors['the example of the specification'] ?? {
      parts: { ciphers: [], extensions: [] },
    }
    const shuffled = { ...parts, extensions: parts.extensions.toReversed() }
    expect(fingerprint(shuffled)).toBe(fingerprint(parts))
  })
})

describe('readClientHello', () => {
  const parts: HelloParts = {
    ciphers: [0x1301, 0xc02b],
    extensions: [0, 16, 43, 13],
    versions: [0x0304],
    alpn: ['h2'],
    serverName: 'Shop.Example.',
    signatureAlgorithms: [0x0403],
  }
  const whole = makeClientHello(parts)

  it('reads the name in lower case and the first protocol', () => {
    expect(readClientHello(whole)).toMatchObject({
      serverName: 'shop.example',
      alpn: 'h2',
      ciphers: [0x1301, 0xc02b],
    })
  })

  it('asks for more at every cut, and reads the same when the rest has come', () => {
    for (let cut = 0; cut < whole.length; cut += 1) {
      expect(readClientHello(whole.subarray(0, cut)), String(cut)).toBe('incomplete')
    }
    expect(readClientHello(Buffer.concat([whole, Buffer.from('more')]))).toEqual(readClientHello(whole))
  })

  it('reads one that is split over records', () => {
    for (const size of [10, 17, 60]) {
      expect(readClientHello(makeClientHello(parts, size)), String(size)).toEqual(readClientHello(whole))
    }
  })

  it('refuses more records than a sane client sends', () => {
    const size = Math.ceil(makeHandshake(parts).length / clientHelloRecords)
    expect(typeof readClientHello(makeClientHello(parts, size))).toBe('object')
    expect(readClientHello(makeClientHello(parts, 2))).toBe('malformed')
  })

  it('refuses one over the limit', () => {
    const big = { ...parts, ciphers: Array.from({ length: 9000 }, (_, i) => i) }
    expect(clientHelloLimit).toBe(16_384)
    expect(readClientHello(makeClientHello(big))).toBe('malformed')
  })

  const bad = {
    'another protocol': Buffer.from('GET / HTTP/1.1\r\n'),
    'another record': Buffer.from([0x17, 3, 3, 0, 5, 1, 0, 0, 1, 0]),
    'an empty record': Buffer.from([0x16, 3, 1, 0, 0]),
    'another message': Buffer.from([0x16, 3, 1, 0, 4, 2, 0, 0, 0]),
    'a message that ends early': Buffer.from([0x16, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3]),
  }
  for (const [name, bytes] of Object.entries(bad)) {
    it(`refuses ${name}`, () => expect(readClientHello(bytes)).toBe('malformed'))
  }

  it('never throws, whatever byte is changed', () => {
    for (let at = 0; at < whole.length; at += 1) {
      for (const byte of [0, 1, 0x7f, 0xff]) {
        const changed = Buffer.from(whole)
        changed[at] = byte
        expect(() => readClientHello(changed)).not.toThrow()
      }
    }
  })

  it('takes no name that no host could have', () => {
    for (const serverName of ['a b', 'a\0b', '-a', 'ä'.repeat(3), '']) {
      expect(readClientHello(makeClientHello({ ...parts, serverName }))).toMatchObject({ serverName: '' })
    }
  })
})
