// Slow clients against the edge: how long they hold a connection, what they cost, and what good clients notice.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import net from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { end, freePort, startUpstream, waitForPort } from './nginx.ts'

const count = Number(process.env['BENCH_SLOW'] ?? 2000)
const limitSeconds = 15
const limitMegabytes = 50
/** The slowest hundredth of a good client's requests may take this many times as long as when it is quiet. */
const limitSlower = 2
/** Below this many milliseconds a difference is the noise of the machine. */
const noiseMs = 5

/** Attacks: what a client sends at first, and what it drips afterwards. */
const attacks = {
  'slow headers': { first: 'GET / HTTP/1.1\r\nHost: a\r\n', drip: 'X-A: b\r\n', reads: true },
  'slow body': {
    first: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n',
    drip: 'x',
    reads: true,
  },
  'slow read': { first: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(8), drip: '', reads: false },
} as const

function rssMegabytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Number(kib ?? Number.NaN) / 1024
}

/** Open files of a process: what its connections come to, seen from its side. */
function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** One slow client from an address of its own. */
function slowClient(port: number, index: number, attack: (typeof attacks)[keyof typeof attacks]): net.Socket {
  const localAddress = `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${1 + (index & 127)}`
  const socket = net.connect({ port, host: '127.0.0.1', localAddress })
  const drip = setInterval(() => {
    if (attack.drip !== '' && socket.writable) socket.write(attack.drip)
    // A reader takes a little now and then, so that the connection never looks dead.
    if (!attack.reads) socket.read(64)
  }, 2000)
  if (attack.reads) socket.resume()
  else socket.pause()
  socket.on('connect', () => socket.write(attack.first))
  socket.on('error', () => undefined)
  socket.on('close', () => clearInterval(drip))
  return socket
}

/** Resolves when a process has nearly as few open files as before. */
async function whenGone(pid: number, before: number): Promise<void> {
  const deadline = performance.now() + 60_000
  while (openFiles(pid) > before + 20 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Times of a visitor, measured in another process: the attack must not be able to slow its clock. */
async function goodClient(port: number, until: Promise<unknown>): Promise<number[]> {
  const script = fileURLToPath(new URL('good-client.ts', import.meta.url))
  const node = ['--import', 'tsx', '--conditions=@sevenfold/source', script, `http://127.0.0.1:${port}/small`]
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const times = once(child, 'message') as Promise<[number[]]>
  await until
  child.send('over')
  return (await times)[0]
}

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
}

const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-slow-'))
let holds = true
try {
  const upstream = await startUpstream(folder, 4_000_000)
  const port = await freePort()
  const script = fileURLToPath(new URL('edge-process.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--conditions=@sevenfold/source',
      script,
      String(port),
      String(upstream.port),
      folder,
      'none',
    ],
    { stdio: ['ignore', 'inherit', 'ignore'] },
  )
  await waitForPort(port)
  const pid = child.pid ?? 0
  const quiet = p99(await goodClient(port, new Promise((resolve) => setTimeout(resolve, 8000))))
  const before = rssMegabytes(pid)
  console.log(
    `${count} clients each, RSS before ${before.toFixed(0)} MB, p99 of a good client when quiet ${quiet.toFixed(1)} ms`,
  )
  for (const [name, attack] of Object.entries(attacks)) {
    const started = performance.now()
    let highest = before
    const watch = setInterval(() => (highest = Math.max(highest, rssMegabytes(pid))), 250)
    const files = openFiles(pid)
    const clients = Array.from({ length: count }, (_, index) => slowClient(port, index, attack))
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once('connect', resolve))))
    const gone = whenGone(pid, files)
    const times = await goodClient(port, gone)
    for (const client of clients) client.destroy()
    clearInterval(watch)
    const seconds = (performance.now() - started) / 1000
    const grown = highest - before
    const slowest = p99(times)
    const ok =
      seconds <= limitSeconds && grown <= limitMegabytes && slowest <= Math.max(quiet * limitSlower, noiseMs)
    holds &&= ok
    console.log(
      `${name}: all gone after ${seconds.toFixed(1)} s (limit ${limitSeconds}), RSS +${grown.toFixed(0)} MB (limit ${limitMegabytes}), p99 of a good client ${slowest.toFixed(1)} ms (limit ${limitSlower} × ${quiet.toFixed(1)} ms): ${ok ? 'holds' : 'OVER'}`,
    )
  }
  await end(child)
  await upstream.stop()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (!holds) process.exitCode = 1
