import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { createMetrics, listenOnSocket } from '../index.ts'
import { createPeerProbe, peerCounterName, peersPerBeat } from './peer-probe.ts'

let folder: TemporaryFolder
let closers: (() => Promise<void>)[]
beforeEach(() => {
  folder = createTemporaryFolder()
  closers = []
})
afterEach(async () => {
  for (const close of closers) await close()
  folder.remove()
})

const echo: RequestListener = (request, response) => void response.end(JSON.stringify({ body: request.url }))

async function peer(name: string, answer: RequestListener): Promise<void> {
  mkdirSync(join(folder.path, name), { recursive: true, mode: 0o700 })
  const server = createServer(answer)
  await listenOnSocket(server, join(folder.path, name, 'probe.sock'))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
}

async function ask(times = 1): Promise<Record<string, number>> {
  const metrics = createMetrics()
  const probe = createPeerProbe({ part: 'ledger', rootDir: folder.path, metrics })
  for (let n = 0; n < times; n += 1) await probe.ask()
  return metrics.counters()
}

describe('createPeerProbe', () => {
  it('counts who answered over its nonce, itself and strangers left out', async () => {
    await peer('edge', echo)
    await peer('ledger', echo)
    await peer('shop', echo)
    expect(await ask()).toEqual({ [peerCounterName('edge')]: 1 })
  })
  it('does not count a peer that answers with something recorded, refuses, or is not there', async () => {
    await peer('edge', (_, response) => void response.end('{"body":"nonce=0011223344556677"}'))
    await peer('console', (request, response) => void response.writeHead(500).end(request.url))
    mkdirSync(join(folder.path, 'collector'))
    expect(await ask(4)).toEqual({})
  })
  it(`asks ${peersPerBeat} at a time, and all in time`, async () => {
    for (const name of ['edge', 'console', 'collector', 'detection']) await peer(name, echo)
    const once = Object.values(await ask())
    expect(once.reduce((sum, count) => sum + count, 0)).toBe(peersPerBeat)
    expect(Object.keys(await ask(60))).toHaveLength(4)
  })
  it('has no peers in a folder that is not there', async () => {
    const metrics = createMetrics()
    await createPeerProbe({ part: 'edge', rootDir: join(folder.path, 'none'), metrics }).ask()
    expect(metrics.counters()).toEqual({})
  })
})
