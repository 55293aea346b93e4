import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SocketKeeper } from '../src/sockets/socket-keeper.ts'
import { EdgeFolder, EdgeProcess, edgeConfig, edgeMain, siteConfig } from './support/edge-process.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { waitFor } from './support/wait-for.ts'

const built = existsSync(edgeMain)
/** Processes start and end here one after the other; on a slow machine that takes its time. */
const patienceMs = 60_000

let folder: EdgeFolder
let upstream: RawUpstream
let keeper: SocketKeeper
const started: EdgeProcess[] = []
let load: Load | undefined

beforeEach(async () => {
  folder = new EdgeFolder()
  upstream = await RawUpstream.start()
  keeper = new SocketKeeper()
})

afterEach(async () => {
  await load?.end()
  load = undefined
  for (const edge of started.splice(0)) await edge.stop()
  keeper.close()
  await upstream.close()
  folder.remove()
})

async function start(kept?: SocketKeeper): Promise<EdgeProcess> {
  const edge = await EdgeProcess.start(folder, kept)
  started.push(edge)
  return edge
}

type Target = { readonly port: number; readonly host: string } | { readonly path: string }

/** One request on a connection of its own, nothing tried again: the status, or why there is none. */
function ask(target: Target): Promise<number | string> {
  return new Promise((resolve) => {
    const socket = net.connect(target)
    let text = ''
    socket.on('data', (piece) => (text += String(piece)))
    socket.on('error', (error) => resolve(error.message))
    socket.on('close', () =>
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? Number.NaN) || 'nothing'),
    )
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  })
}

/** Clients that ask one request after the other, each on a new connection. */
class Load {
  served = 0
  readonly failed: (number | string)[] = []
  private stopped = false
  private readonly clients: Promise<void>[]

  constructor(target: Target, count: number) {
    this.clients = Array.from({ length: count }, async () => {
      while (!this.stopped) {
        const status = await ask(target)
        if (status === 200) this.served += 1
        else this.failed.push(status)
      }
    })
  }

  async more(count: number): Promise<void> {
    const goal = this.served + count
    await waitFor(() => this.served >= goal, `${count} more requests`, patienceMs)
  }

  async end(): Promise<void> {
    this.stopped = true
    await Promise.all(this.clients)
  }
}

async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  await waitFor(() => !isAlive(pid), `the end of ${pid}`, patienceMs)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function killPrimary(edge: EdgeProcess): Promise<void> {
  const exit = once(edge.child, 'exit')
  edge.child.kill('SIGKILL')
  await exit
}

function local(port: number): Target {
  return { port, host: '127.0.0.1' }
}

describe.skipIf(!built)('hand-over (needs a build)', { timeout: patienceMs * 3 }, () => {
  it('a killed primary costs no request: its workers serve until those of the next one do', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)]))
    const first = await start(keeper)
    const before = first.workers()
    load = new Load(local(first.port), 4)
    await load.more(20)
    await killPrimary(first)
    await load.more(20)
    const second = await start(keeper)
    expect(second.port).toBe(first.port)
    for (const pid of before) await waitFor(() => !isAlive(pid), 'the end of the old workers', patienceMs)
    await waitFor(() => second.workers().length === 2, 'the new workers', patienceMs)
    await load.more(20)
    await load.end()
    expect(load.failed).toEqual([])
    // The same names, so that nobody misses a process, and that of the one that stood in; nothing is left of the change.
    expect(readdirSync(join(folder.path, 'edge', 'spool')).toSorted()).toEqual(['main', 'w0', 'w1', 'w2'])
    expect(readdirSync(join(folder.path, 'edge')).filter((name) => /^w\d/.test(name))).toEqual([])
  })

  it('a single worker is relieved by another', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)], { workers: 1 }))
    const first = await start(keeper)
    load = new Load(local(first.port), 2)
    await load.more(5)
    await killPrimary(first)
    await start(keeper)
    await load.more(5)
    await load.end()
    expect(load.failed).toEqual([])
  })

  it('connections wait when the only worker is killed', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)], { workers: 1 }))
    const edge = await start(keeper)
    expect(await ask(local(edge.port))).toBe(200)
    const [victim = 0] = edge.workers()
    await kill(victim)
    const waiting = await Promise.all(Array.from({ length: 20 }, () => ask(local(edge.port))))
    expect(waiting).toEqual(Array.from({ length: 20 }, () => 200))
  })

  it('connections wait when everything is killed', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)]))
    const first = await start(keeper)
    const workers = first.workers()
    await killPrimary(first)
    for (const pid of workers) await kill(pid)
    const waiting = Array.from({ length: 20 }, () => ask(local(first.port)))
    await start(keeper)
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 20 }, () => 200))
  })

  it('a killed worker costs only the requests that it had', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)]))
    const edge = await start(keeper)
    const clients = 4
    load = new Load(local(edge.port), clients)
    await load.more(20)
    const [victim = 0] = edge.workers()
    await kill(victim)
    await load.more(20)
    await waitFor(() => edge.workers().length === 2, 'the new worker', patienceMs)
    await load.more(20)
    await load.end()
    expect(load.failed.length).toBeLessThanOrEqual(clients)
  })

  it('a worker that hangs takes no new connections', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)]))
    const edge = await start()
    expect(await ask(local(edge.port))).toBe(200)
    const [victim = 0] = edge.workers()
    process.kill(victim, 'SIGSTOP')
    try {
      for (let i = 0; i < 20; i += 1) expect(await ask(local(edge.port))).toBe(200)
    } finally {
      process.kill(victim, 'SIGCONT')
    }
  })

  it('without a keeper the next primary takes the place over from the workers that still serve', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)]))
    const probe = await start()
    const listen = { host: '127.0.0.1', port: probe.port }
    await probe.stop()
    folder.configure(edgeConfig([siteConfig('shop', upstream.port, { listen })]))
    const first = await start()
    await killPrimary(first)
    expect(await ask(local(first.port))).toBe(200)
    const second = await start()
    expect(second.port).toBe(first.port)
    expect(second.output()).toContain('taking-over')
    expect(await ask(local(second.port))).toBe(200)
    await waitFor(() => second.workers().length === 2, 'the new workers', patienceMs)
  })

  it('keeps a Unix socket in its place', async () => {
    const path = join(folder.path, 's.sock')
    folder.configure(edgeConfig([siteConfig('shop', upstream.port, { listen: { host: '', port: 0, path } })]))
    const first = await start(keeper)
    load = new Load({ path }, 2)
    await load.more(5)
    await killPrimary(first)
    await start(keeper)
    await load.more(5)
    await load.end()
    expect(load.failed).toEqual([])
  })

  it('lets a socket go that the next configuration does not name', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port), siteConfig('api', upstream.port)]))
    const first = await start(keeper)
    const gone = first.portOf(1)
    expect(keeper.size).toBe(2)
    await first.stop()
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)]))
    const second = await start(keeper)
    expect(second.port).toBe(first.port)
    await waitFor(() => keeper.size === 1, 'the end of the socket', patienceMs)
    expect(await ask(local(gone))).toContain('ECONNREFUSED')
  })
})
