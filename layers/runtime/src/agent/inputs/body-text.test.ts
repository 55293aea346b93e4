import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bodyTextOf, maxUnpackedBytes } from './body-text.ts'

const text = '{"q":"\' or 1=1--"}'
const bytes = Buffer.from(text)

describe('bodyTextOf', () => {
  it.each([
    ['gzip', gzipSync(bytes)],
    ['GZIP', gzipSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['deflate', deflateRawSync(bytes)],
    ['br', brotliCompressSync(bytes)],
    ['identity', bytes],
    ['unheard-of', bytes],
    ['gzip', bytes],
  ])('unpacks %s', (encoding, packed) => {
    expect(bodyTextOf(packed, { 'content-encoding': encoding })).toBe(text)
  })

  it.each([
    ['utf-8', bytes],
    ['"utf-16le"', Buffer.from(text, 'utf16le')],
    ['iso-8859-1', bytes],
    ['x-unknown', bytes],
  ])('reads %s', (charset, written) => {
    expect(bodyTextOf(written, { 'content-type': `application/json; charset=${charset}` })).toBe(text)
  })

  it('leaves what is too long once unpacked', () => {
    const of = (length: number): string =>
      bodyTextOf(gzipSync(Buffer.alloc(length, 97)), { 'content-encoding': 'gzip' })
    expect(of(maxUnpackedBytes)).toHaveLength(maxUnpackedBytes)
    expect(of(maxUnpackedBytes + 1)).not.toContain('aaaa')
  })
})
