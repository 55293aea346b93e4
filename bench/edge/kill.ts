// Killed and hanging processes of the edge under load: who is still served? Every request on a connection of its own,
// nothing tried again.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileConfig, readConfig } from '../../core/config/src/index.ts'
import { SocketKeeper } from '../../layers/edge/src/sockets/socket-keeper.ts'
import { BuiltEdge } from './built-edge.ts'
import { startUpstream } from './nginx.ts'
import { isInstalled } from './peers.ts'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)
const clients = 8
const pauseMs = 5
const patienceMs = 3000
/** As `sevenfold up` waits before it starts a part again. */
const restartMs = 250
const mustServe = 0.999
const entry = fileURLToPath(new URL('../../layers/edge/dist/main.js', import.meta.url))
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The edge as `sevenfold up` runs it: the listening sockets outlive the process. */
class KeptEdge {
  port = 0
  private readonly folder: string
  private readonly keeper = new SocketKeeper()
  private child: ChildProcess | null = null

  constructor(folder: string, upstream: number, workers: number) {
    this.folder = folder
    const text = `version: 1\nedge: { workers: ${workers} }\nsites:\n  - { name: shop, listen: "127.0.0.1:0", upstream: "http://127.0.0.1:${upstream}" }\n`
    const read = readConfig(text, 'bench')
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '))
    mkdirSync(join(folder, 'edge'), { recursive: true, mode: 0o700 })
    const { edge } = compileConfig(read.config, folder).parts
    writeFileSync(join(folder, 'edge', 'config.json'), JSON.stringify({ ...edge, ownListeners: [] }))
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [entry], {
      env: { ...process.env, SEVENFOLD_DATA: this.folder, ...this.keeper.environment },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.child = child
    this.keeper.attach(child)
    this.port = await new Promise<number>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the edge ended')))
      child.on('message', (message: { type?: string; listen?: { url: string }[] }) => {
        if (message.type === 'ready') resolve(Number(new URL(message.listen?.[0]?.url ?? '').port))
      })
    })
  }

  get pid(): number {
    return this.child?.pid ?? 0
  }

  get workers(): readonly number[] {
    const text = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
    return text.trim().split(' ').filter(Boolean).map(Number)
  }

  async stop(): Promise<void> {
    const { child } = this
    if (child === null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
    this.keeper.close()
  }
}

/** True when a request was answered with 200. */
function ask(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    let text = ''
    const settle = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(text.startsWith('HTTP/1.1 200 '))
    }
    const timer = setTimeout(settle, patienceMs)
    socket.on('data', (piece) => (text += String(piece)))
    socket.on('error', settle)
    socket.on('close', settle)
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  })
}

interface Count {
  asked: number
  served: number
  longestMs: number
}

async function load(port: number, over: AbortSignal): Promise<Count> {
  const count: Count = { asked: 0, served: 0, longestMs: 0 }
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (!over.aborted) {
        const before = performance.now()
        const ok = await ask(port)
        count.asked += 1
        if (ok) count.served += 1
        if (ok) count.longestMs = Math.max(count.longestMs, performance.now() - before)
        await wait(pauseMs)
      }
    }),
  )
  return count
}

const disturbances: Readonly<Record<string, (edge: KeptEdge) => Promise<void>>> = {
  'nothing disturbed': async () => undefined,
  'primary killed': async (edge) => {
    process.kill(edge.pid, 'SIGKILL')
    await wait(restartMs)
    await edge.start()
  },
  'primary hangs for 2 s': async (edge) => hang(edge.pid),
  'worker killed': async (edge) => void process.kill(edge.workers[0] ?? 0, 'SIGKILL'),
  'worker hangs for 2 s': async (edge) => hang(edge.workers[0] ?? 0),
}

async function hang(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  await wait(2000)
  process.kill(pid, 'SIGCONT')
}

async function measure(folder: string, upstream: number, workers: number): Promise<boolean> {
  let holds = true
  for (const [name, disturb] of Object.entries(disturbances)) {
    const edge = new KeptEdge(join(folder, `${workers}-${name.replaceAll(/\W+/g, '-')}`), upstream, workers)
    await edge.start()
    const over = new AbortController()
    const counted = load(edge.port, over.signal)
    await wait(500)
    const start = performance.now()
    await disturb(edge)
    await wait(Math.max(0, seconds * 1000 - (performance.now() - start)))
    over.abort()
    const { asked, served, longestMs } = await counted
    await edge.stop()
    // What a process had begun to serve ends with it: at most one request for each client.
    const lost = asked - served
    const ok = served / asked >= mustServe || (name.includes('worker') && lost <= clients)
    holds &&= ok
    console.log(
      `${workers} workers, ${name}: ${((served / asked) * 100).toFixed(2)} % of ${asked} requests served, ${lost} lost, longest ${longestMs.toFixed(0)} ms; limit ${mustServe * 100} %: ${ok ? 'holds' : 'UNDER THE LIMIT'}`,
    )
  }
  return holds
}

if (!BuiltEdge.isBuilt || !isInstalled('nginx')) {
  console.log('killed processes: skipped (needs nginx and a build)')
} else {
  const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-kill-'))
  try {
    const upstream = await startUpstream(folder, 1024)
    const two = await measure(folder, upstream.port, 2)
    const one = await measure(folder, upstream.port, 1)
    await upstream.stop()
    if (!two || !one) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
