import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { createFakeClock } from '@sevenfold/testkit'
import { describe, expect, it } from 'vitest'
import { bodyTimeoutMs, gunzipBounded, readBody } from './read-body.ts'

/** The body reader uses a request as a stream with headers, and nothing else of it. */
function request(headers: Record<string, string> = {}): PassThrough {
  return Object.assign(new PassThrough(), { headers })
}

const read = (stream: PassThrough, clock = createFakeClock()): ReturnType<typeof readBody> =>
  readBody(stream as never, 10, clock)

describe('reading a body', () => {
  it('gives all of its bytes', async () => {
    const stream = request()
    const body = read(stream)
    stream.write('abc')
    stream.end('de')
    expect(await body).toEqual({ kind: 'body', bytes: Buffer.from('abcde') })
  })

  it.each([
    [10, 'body'],
    [11, 'too-large'],
  ])('of %i bytes with a limit of 10 is %s', async (length, kind) => {
    const stream = request()
    const body = read(stream)
    stream.end('x'.repeat(length))
    expect((await body).kind).toBe(kind)
  })

  it('that says it is too long is not read at all', async () => {
    expect(await read(request({ 'content-length': '11' }))).toEqual({
      kind: 'too-large',
    })
  })

  it('that does not end in time is given up', async () => {
    const clock = createFakeClock()
    const stream = request()
    const body = read(stream, clock)
    stream.write('a')
    clock.advance(bodyTimeoutMs)
    expect(await body).toEqual({ kind: 'too-slow' })
  })

  it('whose sender goes away is gone', async () => {
    const stream = request()
    const body = read(stream)
    stream.destroy()
    expect(await body).toEqual({ kind: 'gone' })
  })
})

describe('decompressing', () => {
  it.each([
    [100, 100],
    [101, 'too-large'],
  ])('of %i bytes with a limit of 100 gives %s', async (length, expected) => {
    const result = await gunzipBounded(gzipSync('x'.repeat(length)), 100)
    expect(result === undefined || typeof result === 'string' ? result : result.length).toBe(expected)
  })

  it('of a bomb stops at the limit', async () => {
    expect(await gunzipBounded(gzipSync(Buffer.alloc(50_000_000)), 1000)).toBe('too-large')
  })

  it.each(['', 'plain text', '\u001f\u008b\u0008'])('of %j gives nothing', async (text) => {
    expect(await gunzipBounded(Buffer.from(text, 'latin1'), 1000)).toBeUndefined()
  })
})
