import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeFixes } from '../src/fixes/fix.ts'
import type { Fix } from '../src/fixes/fix.ts'
import { changeFixes, fixPath, readFixState } from '../src/fixes/fix-file.ts'
import { EdgeFolder, EdgeProcess, edgeConfig, edgeMain, siteConfig } from './support/edge-process.ts'
import { FakeDetection } from './support/fake-detection.ts'
import { askOnce, getRequest } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { waitFor } from './support/wait-for.ts'

const built = existsSync(edgeMain)
const sql = "1'%20UNION%20SELECT%20password%20FROM%20users--%20-"

let folder: EdgeFolder
let upstream: RawUpstream
let edge: EdgeProcess | undefined
let detection: FakeDetection | undefined

beforeEach(async () => {
  folder = new EdgeFolder()
  upstream = await RawUpstream.start()
})

afterEach(async () => {
  await edge?.stop()
  await detection?.close()
  await upstream.close()
  folder.remove()
  edge = undefined
  detection = undefined
})

const base = { request: 'r-1', created: '2026-01-01T00:00:00Z', actor: 'test', reason: 'a search for SQL' }

function exclusion(id: string, untilMs: number, change: Partial<Fix> = {}): Fix {
  const until = new Date(untilMs).toISOString()
  const own = {
    kind: 'exclusion',
    site: 'shop',
    rule: '770201',
    path: '/search',
    variable: 'ARGS:q',
  } as const
  return { ...base, ...own, id, until, ...change } as Fix
}

async function start(): Promise<EdgeProcess> {
  folder.configure(
    edgeConfig([
      siteConfig('shop', upstream.port),
      siteConfig('other', upstream.port, { listen: { host: '127.0.0.1', port: 0 } }),
    ]),
  )
  edge = await EdgeProcess.start(folder)
  return edge
}

async function statusOf(port: number, target: string, localAddress = '127.0.0.1'): Promise<number> {
  const headers = 'User-Agent: test\r\nAccept: */*\r\nConnection: close\r\n'
  return (await askOnce(port, getRequest(target, headers), localAddress)).status
}

/** Statuses from all workers: connections go to them in turn. */
async function statuses(port: number, target: string, localAddress?: string): Promise<number[]> {
  const list: number[] = []
  for (let i = 0; i < 4; i += 1) list.push(await statusOf(port, target, localAddress))
  return [...new Set(list)]
}

const edgeDir = (): string => join(folder.path, 'edge')
const put = (...fixes: Fix[]): Promise<string> => changeFixes(edgeDir(), () => fixes)
const inForce = (digest: string, ids: readonly string[]): Promise<void> =>
  waitFor(() => {
    const state = readFixState(edgeDir())
    return state?.digest === digest && JSON.stringify(state.ids) === JSON.stringify(ids)
  }, `${ids.length} fixes in force`)

function adminOps(): string[] {
  return folder
    .events()
    .map((event) => (event['sevenfold'] as { admin?: { op: string } }).admin?.op ?? '')
    .filter((op) => op.startsWith('fix'))
}

describe.skipIf(!built)('fixes at the edge (needs a build)', () => {
  it('leave one parameter of one path of one site alone, end by themselves, and are events', async () => {
    const running = await start()
    expect(await statuses(running.port, `/search?q=${sql}`)).toEqual([403])
    const untilMs = Date.now() + 5000
    await inForce(await put(exclusion('a', untilMs)), ['a'])
    expect(await statuses(running.port, `/search?q=${sql}`)).toEqual([200])
    expect(await statuses(running.port, `/search?p=${sql}`)).toEqual([403])
    expect(await statuses(running.port, `/other?q=${sql}`)).toEqual([403])
    expect(await statuses(running.portOf(1), `/search?q=${sql}`)).toEqual([403])
    await waitFor(() => readFixState(edgeDir())?.ids.length === 0, 'the end', 12_000)
    expect(Date.now()).toBeGreaterThanOrEqual(untilMs)
    expect(await statuses(running.port, `/search?q=${sql}`)).toEqual([403])
    await edge?.stop()
    expect(adminOps()).toEqual(['fix', 'fix-ended'])
  }, 30_000)

  it('hold across a restart, with one event, and until they are taken back', async () => {
    const until = Date.now() + 3_600_000
    const running = await start()
    await inForce(await put(exclusion('a', until)), ['a'])
    await running.stop()
    edge = await EdgeProcess.start(folder)
    expect(await statuses(edge.port, `/search?q=${sql}`)).toEqual([200])
    const removed = { at: new Date().toISOString(), actor: 'test' }
    await inForce(await put(exclusion('a', until, { removed })), [])
    expect(await statuses(edge.port, `/search?q=${sql}`)).toEqual([403])
    await edge.stop()
    expect(adminOps()).toEqual(['fix', 'fix-removed'])
  }, 30_000)

  it('refuse a faulty file as a whole and keep what was in force', async () => {
    const { port } = await start()
    await inForce(await put(exclusion('a', Date.now() + 3_600_000)), ['a'])
    writeFileSync(fixPath(edgeDir()), '{"v":1,"entries":[{"id":1}]}')
    await waitFor(() => (readFixState(edgeDir())?.problem ?? '') !== '', 'the refusal')
    expect(readFixState(edgeDir())).toMatchObject({ ids: ['a'], problem: 'entry 1: id is no text' })
    expect(await statuses(port, `/search?q=${sql}`)).toEqual([200])
  }, 30_000)

  it('that cannot be written as a rule leave the site as strict as it was', async () => {
    const { port } = await start()
    const fix = exclusion('a', Date.now() + 3_600_000, { variable: 'ARGS:q",deny' })
    writeFileSync(fixPath(edgeDir()), encodeFixes([fix]))
    await waitFor(() => (readFixState(edgeDir())?.problem ?? '') !== '', 'the answer')
    expect(readFixState(edgeDir())?.problem).toContain('variable holds characters')
    expect(await statuses(port, `/search?q=${sql}`)).toEqual([403])
  }, 30_000)

  it('lift the ban of an address although its decision stands', async () => {
    detection = await FakeDetection.start(folder.path)
    const { port } = await start()
    await waitFor(() => detection?.listeners.size === 1, 'the stream')
    detection.ban('127.0.0.6')
    detection.ban('127.0.9.0/24')
    const copy = join(edgeDir(), 'decisions.json')
    await waitFor(() => existsSync(copy) && readFileSync(copy, 'utf8').includes('127.0.9.0'), 'the bans')
    expect(await statuses(port, '/', '127.0.0.6')).toEqual([403])
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const lift = (id: string, value: string): Fix => ({ ...base, id, until, kind: 'allow', value })
    await inForce(await put(lift('a', '127.0.0.6'), lift('b', '127.0.9.9')), ['a', 'b'])
    expect(await statuses(port, '/', '127.0.0.6')).toEqual([200])
    expect(await statuses(port, '/', '127.0.9.9')).toEqual([200])
    expect(await statuses(port, '/', '127.0.9.8')).toEqual([403])
    expect(await statuses(port, `/?q=${sql}`, '127.0.0.6')).toEqual([403])
    await inForce(await put(lift('b', '127.0.9.9')), ['b'])
    expect(await statuses(port, '/', '127.0.0.6')).toEqual([403])
  }, 30_000)
})
