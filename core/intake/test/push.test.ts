import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PushServer } from '@sevenfold/intake'
import type { PushOptions } from '@sevenfold/intake'
import { createTaker } from './eventually.ts'
import type { Taker } from './eventually.ts'

const secret = 'a-secret-of-the-sender'
let taker: Taker
const open: PushServer[] = []
beforeEach(() => {
  taker = createTaker()
})
afterEach(async () => void (await Promise.all(open.splice(0).map((server) => server.close()))))

async function serve(change: Partial<PushOptions> = {}): Promise<{ port: number; server: PushServer }> {
  const server = new PushServer({
    listen: { host: '127.0.0.1', port: 0 },
    path: '/logs',
    form: 'lines',
    secret,
    onLines: taker.take,
    ...change,
  })
  open.push(server)
  return { port: await server.start(), server }
}

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

function send(
  port: number,
  { method = 'POST', path = '/logs', headers = { 'x-api-key': secret }, body = '' }: Sent = {},
): Promise<{ status: number; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (answer) => {
      answer.resume()
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] }),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
}

describe('a push source', () => {
  it('takes lines and answers once they were taken', async () => {
    const { port, server } = await serve()
    expect(await send(port, { body: 'one\r\n\ntwo\nthree' })).toMatchObject({ status: 200 })
    expect(taker.texts).toEqual(['one', 'two', 'three'])
    expect(
      await send(port, {
        body: gzipSync('four\n'),
        headers: { authorization: `Bearer ${secret}`, 'content-encoding': 'gzip' },
      }),
    ).toMatchObject({ status: 200 })
    expect(server.counters()).toEqual({ lines: 4, dropped: 0 })
  })

  it('asks a sender to come again when lines cannot be taken', async () => {
    const { port } = await serve()
    taker.refuseNext()
    expect(await send(port, { body: 'one\n' })).toEqual({ status: 503, retryAfter: '2' })
    expect(await send(port, { body: 'one\n' })).toMatchObject({ status: 200 })
    expect(taker.texts).toEqual(['one'])
  })

  it('says no to strangers, other paths, other methods and pages', async () => {
    const { port, server } = await serve()
    const status = async (sent: Sent): Promise<number> => (await send(port, sent)).status
    expect(await status({ headers: {} })).toBe(401)
    expect(await status({ headers: { 'x-api-key': `${secret}x` } })).toBe(401)
    expect(await status({ headers: { authorization: `Basic ${secret}` } })).toBe(401)
    expect(await status({ path: '/other' })).toBe(404)
    expect(await status({ method: 'PUT' })).toBe(405)
    expect(await status({ headers: { 'x-api-key': secret, origin: 'https://x.example' } })).toBe(403)
    expect(server.counters()).toEqual({ lines: 0, dropped: 6 })
  })

  it('bounds bodies, also those that grow when they are opened', async () => {
    const { port } = await serve({ maxBodyBytes: 1_000 })
    const gzip = { 'x-api-key': secret, 'content-encoding': 'gzip' }
    expect((await send(port, { body: 'x'.repeat(1_000) })).status).toBe(200)
    expect((await send(port, { body: 'x'.repeat(1_001) })).status).toBe(413)
    expect((await send(port, { body: gzipSync('x'.repeat(1_000_000)), headers: gzip })).status).toBe(413)
    expect((await send(port, { body: 'no gzip', headers: gzip })).status).toBe(400)
    expect((await send(port, { body: 'x', headers: { ...gzip, 'content-encoding': 'br' } })).status).toBe(400)
  })

  it('takes the events of a Kubernetes API server, each as a line', async () => {
    const { port } = await serve({ form: 'kubernetes-audit' })
    const items = [{ verb: 'get', user: { username: 'system:anonymous' } }, { verb: 'list' }]
    expect(
      (
        await send(port, {
          body: JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items }),
        })
      ).status,
    ).toBe(200)
    expect(taker.texts.map((text) => JSON.parse(text) as unknown)).toEqual(items)
    for (const body of ['{"kind":"Event"}', '{', '[]', '{"kind":"EventList","items":5}'])
      expect((await send(port, { body })).status).toBe(400)
  })

  it('has a secret that cannot be guessed', () => {
    expect(
      () =>
        new PushServer({
          listen: { host: '127.0.0.1', port: 0 },
          form: 'lines',
          secret: 'x'.repeat(15),
          onLines: taker.take,
        }),
    ).toThrow(RangeError)
  })
})
