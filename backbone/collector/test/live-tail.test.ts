import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseQuery } from '@sevenfold/collector'
import { LiveTail, maxListeners } from '../src/api/live-tail.ts'

let server: Server
let tail: LiveTail
let refused = 0
const aborts: AbortController[] = []

beforeEach(async () => {
  tail = new LiveTail()
  refused = 0
  server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://x').searchParams.get('query') ?? ''
    if (tail.open(response, parseQuery(query))) return
    refused += 1
    response.writeHead(503).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const abort of aborts.splice(0)) abort.abort()
  tail.close()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
})

async function listen(query = ''): Promise<{ text: () => string; until: (part: string) => Promise<void> }> {
  const abort = new AbortController()
  aborts.push(abort)
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/?query=${encodeURIComponent(query)}`
  const response = await fetch(url, { signal: abort.signal })
  let text = ''
  const read = async (): Promise<void> => {
    if (response.body === null) return
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
      text += Buffer.from(chunk).toString()
  }
  read().catch(() => undefined) // ends with the test
  return {
    text: () => text,
    until: async (part) => {
      const deadline = performance.now() + 10_000
      while (!text.includes(part)) {
        if (performance.now() > deadline) throw new Error(`no ${part} in ${text.slice(0, 200)}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

const push = (event: object): void => tail.push(event, JSON.stringify(event))

describe('the live tail', () => {
  it('gives each listener what matches its filter', async () => {
    const all = await listen()
    const some = await listen('ip:192.0.2.1')
    push({ source: { ip: '192.0.2.1' }, message: 'one' })
    push({ source: { ip: '192.0.2.2' }, message: 'two' })
    push({ message: 'last' })
    await all.until('last')
    push({ source: { ip: '192.0.2.1' }, message: 'end' })
    await some.until('end')
    expect(all.text().match(/^data: /gmu)).toHaveLength(4)
    expect(some.text()).not.toContain('two')
  })

  it('forgets listeners that go', async () => {
    await listen()
    expect(tail.size).toBe(1)
    aborts.at(-1)?.abort()
    const deadline = performance.now() + 10_000
    while (tail.size > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(tail.size).toBe(0)
    push({ message: 'nobody' })
  })

  it('takes so many listeners and not one more', async () => {
    for (let i = 0; i < maxListeners; i += 1) await listen()
    expect(refused).toBe(0)
    await listen()
    expect(refused).toBe(1)
  })
})
