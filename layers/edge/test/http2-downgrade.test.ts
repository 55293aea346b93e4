import { Buffer } from 'node:buffer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { driveConnection } from './support/drive-connection.ts'
import { FrameClient, fields, frame, frameType } from './support/frame-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { testAuthority, testTls } from './support/test-certificates.ts'
import { TestEdge } from './support/test-edge.ts'
import { waitFor } from './support/wait-for.ts'

// Requests of HTTP/2 that a careless translation turns into other, or more, requests of HTTP/1.1.

type Field = readonly [name: string, value: string]

interface Vector {
  /** Pseudo fields that differ from those of a plain request; null leaves one out. */
  readonly pseudo?: Readonly<Record<string, string | null>>
  readonly more?: readonly Field[]
  /** DATA frames; none: the head ends the stream. */
  readonly data?: readonly string[]
  readonly trailers?: readonly Field[]
}

const hidden = 'GET /hidden HTTP/1.1\r\nHost: shop.test\r\n\r\n'
const post = { ':method': 'POST' }
const inAll = (text: string): Readonly<Record<string, Vector>> => ({
  [`${JSON.stringify(text)} in the method`]: { pseudo: { ':method': `GET${text}` } },
  [`${JSON.stringify(text)} in the path`]: { pseudo: { ':path': `/a${text}` } },
  [`${JSON.stringify(text)} in the scheme`]: { pseudo: { ':scheme': `https${text}` } },
  [`${JSON.stringify(text)} in the authority`]: { pseudo: { ':authority': `shop.test${text}` } },
  [`${JSON.stringify(text)} in a name`]: { more: [[`x-a${text}`, 'b']] },
  [`${JSON.stringify(text)} in a value`]: { more: [['x-a', `b${text}`]] },
  [`${JSON.stringify(text)} in a crumb of Cookie`]: { more: [['cookie', 'a=b'], ['cookie', `c=d${text}`]] },
}) // prettier-ignore

const vectors: Readonly<Record<string, Vector>> = {
  ...inAll(`\r\nX-B: c`),
  ...inAll(` HTTP/1.1\r\nHost: shop.test\r\n\r\n${hidden}`),
  ...inAll(`\n${hidden}`),
  ...inAll('\r'),
  ...inAll('\0'),
  ...inAll(' '),
  ...inAll('\t'),
  ...inAll('\x0b'),
  ...inAll('\x7f'),
  ...inAll('\xa0'),
  'Transfer-Encoding': { pseudo: post, more: [['transfer-encoding', 'chunked']], data: ['0\r\n\r\n', hidden] },
  'Transfer-Encoding in capitals': { pseudo: post, more: [['Transfer-Encoding', 'chunked']], data: ['0\r\n\r\n', hidden] },
  'transfer_encoding': { pseudo: post, more: [['transfer_encoding', 'chunked']], data: ['0\r\n\r\n', hidden] },
  'transfer.encoding': { pseudo: post, more: [['transfer.encoding', 'chunked']], data: ['0\r\n\r\n', hidden] },
  'Transfer-Encoding named in Connection': { pseudo: post, more: [['connection', 'transfer-encoding'], ['transfer-encoding', 'chunked']], data: ['0\r\n\r\n', hidden] },
  'a length over the body': { pseudo: post, more: [['content-length', '99']], data: ['hello'] },
  'a length under the body': { pseudo: post, more: [['content-length', '3']], data: [`abc${hidden}`] },
  'a length of nothing before a body': { pseudo: post, more: [['content-length', '0']], data: [hidden] },
  'two lengths': { pseudo: post, more: [['content-length', '5'], ['content-length', '5']], data: ['hello'] },
  'two lengths that differ': { pseudo: post, more: [['content-length', '5'], ['content-length', String(5 + hidden.length)]], data: [`hello${hidden}`] },
  'a list of lengths': { pseudo: post, more: [['content-length', '5, 5']], data: ['hello'] },
  'a length with a sign': { pseudo: post, more: [['content-length', '+5']], data: ['hello'] },
  'a length without a body': { pseudo: post, more: [['content-length', '5']] },
  'a body of a GET': { more: [], data: [hidden] },
  'a body of a GET with a length': { more: [['content-length', String(hidden.length)]], data: [hidden] },
  'a body in two frames': { pseudo: post, data: ['0\r\n\r\n', hidden] },
  'a body that looks like a last chunk': { pseudo: post, data: [`0\r\n\r\n${hidden}`] },
  'an expectation': { pseudo: post, more: [['expect', '100-continue'], ['content-length', '5']], data: ['hello'] },
  'Connection': { more: [['connection', 'keep-alive, x-forwarded-for']] },
  'Upgrade': { more: [['upgrade', 'h2c'], ['http2-settings', 'AAMAAABkAAQAAP__']] },
  'Keep-Alive': { more: [['keep-alive', 'timeout=5']] },
  'Proxy-Connection': { more: [['proxy-connection', 'close']] },
  'TE': { more: [['te', 'chunked']] },
  'TE: trailers': { more: [['te', 'trailers']] },
  'two hosts': { more: [['host', 'shop.test'], ['host', 'shop.test']] },
  'another host': { more: [['host', 'other.test']] },
  'the same host': { more: [['host', 'shop.test']] },
  'a host alone': { pseudo: { ':authority': null }, more: [['host', 'shop.test']] },
  'no host at all': { pseudo: { ':authority': null } },
  'an empty authority': { pseudo: { ':authority': '' } },
  'an authority with user': { pseudo: { ':authority': 'a@shop.test' } },
  'an authority with path': { pseudo: { ':authority': 'shop.test/x' } },
  'an empty path': { pseudo: { ':path': '' } },
  'no path': { pseudo: { ':path': null } },
  'a path without slash': { pseudo: { ':path': 'hidden' } },
  'an absolute path': { pseudo: { ':path': 'http://shop.test/x' } },
  'an absolute path elsewhere': { pseudo: { ':path': 'http://other.test/x' } },
  'a path with fragment': { pseudo: { ':path': '/a#b' } },
  'a star': { pseudo: { ':path': '*' } },
  'a star of OPTIONS': { pseudo: { ':method': 'OPTIONS', ':path': '*' } },
  'no method': { pseudo: { ':method': null } },
  'a method in small letters': { pseudo: { ':method': 'get' } },
  'CONNECT': { pseudo: { ':method': 'CONNECT', ':path': null, ':scheme': null } },
  'CONNECT with a protocol': { pseudo: { ':method': 'CONNECT', ':protocol': 'x\r\nY: z' } },
  'a protocol of a GET': { pseudo: { ':protocol': 'websocket' } },
  'another scheme': { pseudo: { ':scheme': 'http://other.test/?' } },
  'an unknown pseudo field': { pseudo: { ':x': 'y' } },
  'a pseudo field behind others': { more: [['x-a', 'b'], [':path', '/hidden']] },
  'two paths': { more: [[':path', '/hidden']] },
  'a status': { pseudo: { ':status': '200' } },
  'a name with a colon': { more: [['x:y', 'z']] },
  'a name that starts with a colon': { more: [[':x', 'z']] },
  'an empty name': { more: [['', 'z']] },
  'spaces around a value': { more: [['x-a', '  b  ']] },
  'trailers': { pseudo: post, data: ['hello'], trailers: [['x-a', 'b']] },
  'a length in trailers': { pseudo: post, data: ['hello'], trailers: [['content-length', '99']] },
  'Transfer-Encoding in trailers': { pseudo: post, data: ['hello'], trailers: [['transfer-encoding', 'chunked']] },
  'a pseudo field in trailers': { pseudo: post, data: ['hello'], trailers: [[':path', '/hidden']] },
  'an address in trailers': { pseudo: post, data: ['hello'], trailers: [['x-forwarded-for', '10.0.0.1']] },
} // prettier-ignore

function headOf({ pseudo = {}, more = [] }: Vector): Buffer {
  const all: Readonly<Record<string, string | null>> = {
    ':method': 'GET',
    ':scheme': 'https',
    ':authority': 'shop.test',
    ':path': '/p',
    ...pseudo,
  }
  const list = Object.entries(all).flatMap(([name, value]): readonly Field[] =>
    value === null ? [] : [[name, value]],
  )
  return fields([...list, ...more])
}

let upstream: RawUpstream
let edge: TestEdge
let client: FrameClient | undefined

beforeEach(async () => {
  upstream = await RawUpstream.start()
  edge = await TestEdge.start({
    sites: [{ upstreamPort: upstream.port }],
    listen: { tls: await testTls() },
    limits: { bodyTimeoutMs: 300, upstreamResponseTimeoutMs: 1000 },
  })
})
afterEach(async () => {
  client?.close()
  await edge.close()
  await upstream.close()
})

describe('what reaches the service of a request of HTTP/2', () => {
  for (const [name, vector] of Object.entries(vectors)) {
    it(`is at most one request, well-formed, for ${name}`, async () => {
      client = await FrameClient.connect(edge.port, (await testAuthority()).certificate)
      const one = client
      const { data = [], trailers } = vector
      one.send(frame(frameType.headers, data.length === 0 ? 5 : 4, 1, headOf(vector)))
      for (const [at, text] of data.entries()) {
        const last = at === data.length - 1 && trailers === undefined
        one.send(frame(frameType.data, last ? 1 : 0, 1, Buffer.from(text, 'latin1')))
      }
      if (trailers !== undefined) one.send(frame(frameType.headers, 5, 1, fields(trailers)))
      const isOver = (): boolean =>
        edge.accesses.length > 0 ||
        one.socket.closed ||
        one.frames.some(({ type }) => type === frameType.goaway || type === frameType.reset)
      await waitFor(isOver)
      const texts = upstream.bytes.filter((text) => text !== '')
      const seen = texts.map((text) => driveConnection([Buffer.from(text, 'latin1')]))
      expect(seen.flatMap(({ refusals }) => refusals)).toEqual([])
      const requests = seen.flatMap((one) => one.requests)
      expect(requests.length).toBeLessThanOrEqual(1)
      for (const { target, body } of requests) {
        expect(target).not.toContain('hidden')
        expect(data.join('').startsWith(body)).toBe(true)
      }
    })
  }

  it('is tried with more than a hundred hostile ones', () => {
    expect(Object.keys(vectors).length).toBeGreaterThan(100)
  })
})
