import type { IncomingMessage } from 'node:http'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  HostDoor,
  HostLink,
  createMetrics,
  hostOf,
  readHostFiles,
  systemClock,
  writeHostFiles,
} from '@sevenfold/layer'
import { createMemoryLog } from '@sevenfold/testkit'
import { HostsHouse, until } from './hosts-house.ts'

// Processes, disks and handshakes of a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let house: HostsHouse
beforeEach(async () => {
  house = new HostsHouse()
  await house.start()
  mkdirSync(join(house.folder, 'detection'), { mode: 0o700 })
})
afterEach(() => house.close())

/** A door as detection has it; it says who came. */
async function openDoor(): Promise<HostDoor> {
  const door = new HostDoor({
    part: 'detection',
    rootDir: house.folder,
    dataDir: join(house.folder, 'detection'),
    listen: { host: '127.0.0.1', port: 0 },
    handle: (request: IncomingMessage, response) => {
      const host = hostOf(request)
      if (request.url === '/wait') response.writeHead(200).write('waiting')
      else response.end(`${host?.layer ?? ''} of ${host?.host ?? ''}`)
    },
    clock: systemClock,
    log: createMemoryLog(),
    metrics: createMetrics(),
  })
  house.later(() => door.stop())
  await door.start()
  return door
}

/** An enrolled host that knows where the door is. */
async function visitor(host: string, door: HostDoor): Promise<HostLink> {
  const partDir = join(await house.joined(host), 'edge')
  const files = readHostFiles(partDir)
  if (files === undefined) throw new Error('not enrolled')
  writeHostFiles(partDir, { ...files, receivers: { detection: `https://127.0.0.1:${door.port}` } })
  const link = HostLink.open({
    partDir,
    agentId: (name) => `edge/${name}.x`,
    slot: 'x',
    clock: systemClock,
    log: createMemoryLog(),
  })
  if (link === undefined) throw new Error('not enrolled')
  house.later(() => link.client('detection').close())
  return link
}

const visit = async (link: HostLink): Promise<string> => {
  try {
    return (await link.send('detection', { path: '/', headers: {}, body: new Uint8Array() })).text
  } catch {
    return 'refused'
  }
}

it('a part beside the ledger lets enrolled hosts in, with a certificate and a roster from there', async () => {
  const door = await openDoor()
  await until('it listens', () => door.port > 0)
  const link = await visitor('web2', door)
  await until('the host is known', async () => (await visit(link)) === 'edge of web2')
})

it('a host that was revoked is out, in the middle of an answer too', async () => {
  const door = await openDoor()
  await until('it listens', () => door.port > 0)
  const link = await visitor('web2', door)
  await until('the host is known', async () => (await visit(link)) === 'edge of web2')
  const stream = link.request('detection', { path: '/wait' })
  let isCut = false
  stream.on('response', (answer) => {
    answer.resume()
    answer.on('close', () => (isCut = true))
  })
  stream.on('error', () => (isCut = true))
  const answered = new Promise((resolve) => stream.once('response', resolve))
  stream.end()
  await answered
  await house.admin('POST', '/v1/revoke', { host: 'web2', actor: 'test' })
  await until('the stream is cut', () => isCut)
  expect(await visit(link)).toBe('refused')
})

it('while the ledger is away the door opens with what it knows', async () => {
  const first = await openDoor()
  await until('it listens', () => first.port > 0)
  const known = await visitor('web2', first)
  await until('the host is known', async () => (await visit(known)) === 'edge of web2')
  await first.stop()
  await house.stop()
  const second = await openDoor()
  expect(second.port).toBeGreaterThan(0)
  expect(second.roster.version).toBeGreaterThan(0)
})
