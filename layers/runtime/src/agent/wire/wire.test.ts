import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { isMysqlLogin, readMysqlStatement, refusedMysqlPacket } from './mysql.ts'
import { isPostgresStartup, rewritePostgres, textBetween } from './postgres.ts'

function message(type: string, body: string): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(Buffer.byteLength(body) + 4, 1)
  return Buffer.concat([head, Buffer.from(body)])
}

function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  head[3] = sequence
  return Buffer.concat([head, body])
}

const isBad = (chunk: Uint8Array, start: number, end: number): boolean =>
  textBetween(chunk, start, end).includes('bad')

describe('rewritePostgres', () => {
  it('replaces a simple query', () => {
    const chunk = message('Q', 'select bad\0')
    expect(Buffer.from(rewritePostgres(chunk, isBad, 'no'))).toEqual(message('Q', 'no\0'))
  })

  it('replaces the statement of a parse message and keeps its name, its types and its neighbours', () => {
    const chunk = Buffer.concat([
      message('P', 's1\0select bad\0\0\0'),
      message('B', 'rest'),
      message('S', ''),
    ])
    const expected = Buffer.concat([message('P', 's1\0no\0\0\0'), message('B', 'rest'), message('S', '')])
    expect(Buffer.from(rewritePostgres(chunk, isBad, 'no'))).toEqual(expected)
  })

  it('gives the very chunk when nothing is refused', () => {
    const chunk = message('Q', 'select 1\0')
    expect(rewritePostgres(chunk, isBad, 'no')).toBe(chunk)
  })

  it('lets bytes that are no messages pass', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(rewritePostgres(bytes, () => false, 'no')).toBe(bytes)
        rewritePostgres(bytes, () => true, 'no')
      }),
    )
  })
})

describe('isPostgresStartup', () => {
  it('knows a startup message and the question for TLS', () => {
    expect(isPostgresStartup(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))).toBe(true)
    expect(isPostgresStartup(Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]))).toBe(true)
    expect(isPostgresStartup(Buffer.from('GET / HTTP/1.1\r\n'))).toBe(false)
    expect(isPostgresStartup(Buffer.alloc(3))).toBe(false)
  })
})

describe('MySQL packets', () => {
  it('are read and replaced', () => {
    const chunk = packet(0, Buffer.from('\u0003select bad'))
    expect(readMysqlStatement(chunk)).toBe('select bad')
    expect(Buffer.from(refusedMysqlPacket(chunk, 'no'))).toEqual(packet(0, Buffer.from('\u0003no')))
    expect(readMysqlStatement(packet(0, Buffer.from('\u0016select ?')))).toBe('select ?')
  })

  it('of other kinds, or in pieces, are none', () => {
    expect(readMysqlStatement(packet(0, Buffer.from('\u000e')))).toBeUndefined()
    expect(readMysqlStatement(packet(1, Buffer.from('\u0003select 1')))).toBeUndefined()
    expect(readMysqlStatement(packet(0, Buffer.from('\u0003select 1')).subarray(0, 6))).toBeUndefined()
  })

  it('begin with a login', () => {
    const body = Buffer.alloc(60)
    body.writeUInt32LE(0x80000 | 0x8000 | 0x200, 0)
    expect(isMysqlLogin(packet(1, body))).toBe(true)
    expect(isMysqlLogin(packet(2, body))).toBe(false)
    expect(isMysqlLogin(Buffer.from('GET / HTTP/1.1\r\nHost: a-host-of-some-length\r\n\r\n'))).toBe(false)
  })
})
