import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cuts, driveConnection } from '../../test/support/drive-connection.ts'

interface RequestVector {
  readonly name: string
  readonly raw: string
  readonly outcome: string
  readonly bodies?: readonly string[]
  readonly target?: string
}

const vectors = JSON.parse(
  readFileSync(new URL('testdata/requests.json', import.meta.url), 'utf8'),
) as RequestVector[]

describe('request framing', () => {
  for (const vector of vectors.filter(({ outcome }) => outcome === 'accept')) {
    it(`accepts ${vector.name}, however it is cut`, () => {
      for (const pieces of cuts(Buffer.from(vector.raw, 'latin1'))) {
        const seen = driveConnection(pieces)
        expect(seen.refusals, `${pieces.length} pieces, first ${pieces[0]?.length}`).toEqual([])
        expect(seen.requests.map(({ body }) => body)).toEqual(vector.bodies)
        expect(seen.requests.every(({ complete }) => complete)).toBe(true)
        if (vector.target !== undefined) expect(seen.requests[0]?.target).toBe(vector.target)
      }
    })
  }

  for (const vector of vectors.filter(({ outcome }) => outcome !== 'accept')) {
    it(`refuses ${vector.name}, however it is cut`, () => {
      for (const pieces of cuts(Buffer.from(vector.raw, 'latin1'))) {
        const seen = driveConnection(pieces)
        expect(seen.refusals, `${pieces.length} pieces, first ${pieces[0]?.length}`).toEqual([vector.outcome])
        expect(seen.requests.some(({ complete }) => complete)).toBe(false)
      }
    })
  }

  it('gives every pipelined request after a refused one to nobody', () => {
    const raw = 'GET / HTTP/1.1\r\nHost: a b\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n'
    expect(driveConnection([Buffer.from(raw)]).requests).toEqual([])
  })
})

describe('limits of a request', () => {
  const get = (target: string, headers = ''): Buffer =>
    Buffer.from(`GET ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`)
  const filler = (total: number): Buffer => {
    const base = get('/', 'X: \r\n').length
    return get('/', `X: ${'b'.repeat(total - base)}\r\n`)
  }

  for (const [name, below, above, code] of [
    ['headerSizeBytes', filler(400), filler(401), 'EDGE_HEADERS_TOO_LARGE'],
    ['targetSizeBytes', get(`/${'a'.repeat(99)}`), get(`/${'a'.repeat(100)}`), 'EDGE_TARGET_TOO_LONG'],
    ['headerCount', get('/', 'a: b\r\n'.repeat(9)), get('/', 'a: b\r\n'.repeat(10)), 'EDGE_TOO_MANY_HEADERS'],
  ] as const) {
    it(`takes a head at ${name} and refuses one over it`, () => {
      const limits = { headerSizeBytes: 400, targetSizeBytes: 100, headerCount: 10 }
      for (const pieces of cuts(below)) expect(driveConnection(pieces, limits).refusals).toEqual([])
      for (const pieces of cuts(above)) expect(driveConnection(pieces, limits).refusals).toEqual([code])
    })
  }

  it('takes a body at bodySizeBytes and refuses one over it, by length and by chunks', () => {
    const limits = { bodySizeBytes: 10 }
    const byLength = (size: number) =>
      Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`)
    const byChunks = (size: number) =>
      Buffer.from(
        `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nxxxxx\r\n${(size - 5).toString(16)}\r\n${'x'.repeat(size - 5)}\r\n0\r\n\r\n`,
      )
    for (const make of [byLength, byChunks]) {
      expect(driveConnection([make(10)], limits).requests[0]?.body.length).toBe(10)
      expect(driveConnection([make(11)], limits).refusals).toEqual(['EDGE_BODY_TOO_LARGE'])
    }
  })

  it('refuses a trailer section over its limit', () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n'
    const trailers = (size: number) => Buffer.from(`${head}X: ${'y'.repeat(size)}\r\n\r\n`)
    expect(driveConnection([trailers(4000)]).refusals).toEqual([])
    expect(driveConnection([trailers(4096)]).refusals).toEqual(['EDGE_TRAILER'])
  })

  it('ends a connection after requestsPerConnection', () => {
    const two = Buffer.from('GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(driveConnection([two], { requestsPerConnection: 1 }).requests.map(({ target }) => target)).toEqual(
      ['/a'],
    )
    expect(driveConnection([two], { requestsPerConnection: 2 }).requests.length).toBe(2)
  })
})
