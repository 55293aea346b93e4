import { expect, it } from 'vitest'
import { startFeedServer } from './feed-server.ts'

it('gives documents with an ETag, and nothing anew to who knows it', async () => {
  const server = await startFeedServer()
  server.setDocument('/list.txt', '192.0.2.1\n')
  const first = await fetch(`${server.url}/list.txt`)
  expect(await first.text()).toBe('192.0.2.1\n')
  const etag = first.headers.get('etag') ?? ''
  expect((await fetch(`${server.url}/list.txt`, { headers: { 'if-none-match': etag } })).status).toBe(304)
  server.setDocument('/list.txt', '192.0.2.2\n')
  expect((await fetch(`${server.url}/list.txt`, { headers: { 'if-none-match': etag } })).status).toBe(200)
  server.setDocument('/list.txt', undefined)
  expect((await fetch(`${server.url}/list.txt`)).status).toBe(404)
  await server.close()
})

it('gives a collection in pages and decisions in turn', async () => {
  const server = await startFeedServer()
  server.setObjects('c1', [{ n: 1 }, { n: 2 }, { n: 3 }], 2)
  const page = (query: string): Promise<unknown> =>
    fetch(`${server.url}/taxii/collections/c1/objects/${query}`).then((answer) => answer.json())
  expect(await page('')).toEqual({ more: true, next: '2', objects: [{ n: 1 }, { n: 2 }] })
  expect(await page('?next=2')).toEqual({ objects: [{ n: 3 }] })
  server.setDecisions([{ new: [1] }, { new: null }])
  const stream = (): Promise<unknown> =>
    fetch(`${server.url}/v1/decisions/stream`).then((answer) => answer.json())
  expect([await stream(), await stream(), await stream()]).toEqual([
    { new: [1] },
    { new: null },
    { new: null },
  ])
  expect(server.requests).toHaveLength(5)
  await server.close()
})
