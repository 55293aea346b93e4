import net from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import type { HttpEngine } from '../src/http/exchange.ts'
import { newPerCollection } from '../src/listen/collect-young.ts'
import { recordingHandler, startEngine } from './support/drive-engine.ts'
import type { Seen } from './support/drive-engine.ts'
import { waitFor } from './support/wait-for.ts'

const head = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
let engine: HttpEngine | undefined
const clients: Socket[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await engine?.close(0)
  engine = undefined
})

/** Opens connections to a new engine; each sends `first`. */
async function crowd(): Promise<{ come(count: number, first: string): Socket[]; readonly seen: Seen }> {
  const seen: Seen = { requests: [], refusals: [] }
  const started = await startEngine(recordingHandler(seen))
  engine = started.engine
  const come = (count: number, first: string): Socket[] => {
    const some = Array.from({ length: count }, () => {
      const client = net.connect(started.port, '127.0.0.1').on('error', () => undefined)
      client.resume().write(first)
      return client
    })
    clients.push(...some)
    return some
  }
  return { come, seen }
}

/** Counts young collections instead of carrying them out. */
function countCollections(): { count: number } {
  const counted = { count: 0 }
  const had = Object.getOwnPropertyDescriptor(globalThis, 'gc')
  Object.defineProperty(globalThis, 'gc', { value: () => (counted.count += 1), configurable: true })
  onTestFinished(() => {
    if (had === undefined) Reflect.deleteProperty(globalThis, 'gc')
    else Object.defineProperty(globalThis, 'gc', had)
  })
  return counted
}

describe('a crowd of new connections', () => {
  it('is served, every one of it, though first requests take turns', async () => {
    const { come, seen } = await crowd()
    come(500, head)
    await waitFor(() => seen.requests.length === 500)
    expect(seen.refusals).toEqual([])
  })

  it('may send its first request in pieces, and go before its turn comes', async () => {
    const { come, seen } = await crowd()
    const gone = come(100, head.slice(0, 10))
    const stay = come(100, head.slice(0, 10))
    await waitFor(() => engine?.connections === 200)
    for (const client of gone) client.destroy()
    for (const client of stay) client.write(head.slice(10) + head)
    await waitFor(() => seen.requests.length === 200 && engine?.connections === 100)
    expect(seen.refusals).toEqual([])
  })

  it('is collected when as many as that are open that were not before', async () => {
    const collected = countCollections()
    const { come } = await crowd()
    const some = come(newPerCollection - 1, '')
    await waitFor(() => engine?.connections === newPerCollection - 1)
    expect(collected.count).toBe(0)
    come(1, '')
    await waitFor(() => collected.count === 1)
    come(newPerCollection - 1, '')
    await waitFor(() => engine?.connections === 2 * newPerCollection - 1)
    expect(collected.count).toBe(1)
    come(1, '')
    await waitFor(() => collected.count === 2)
    for (const client of some) client.destroy()
    await waitFor(() => engine?.connections === newPerCollection + 1)
    come(newPerCollection - 1, '')
    await waitFor(() => engine?.connections === 2 * newPerCollection)
    expect(collected.count).toBe(2)
    come(1, '')
    await waitFor(() => collected.count === 3)
  })
})
