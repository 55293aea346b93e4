// Slow clients against the edge: how long they hold a connection, what they cost, and what good clients notice.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cpuMicros, rssMegabytes } from './cpu-time.ts'
import { workerCommand } from './start-worker.ts'
import { end, freePort, startUpstream, waitForPort } from './nginx.ts'

const count = Number(process.env['BENCH_SLOW'] ?? 2000)
/** New slow clients a second. */
const rate = Number(process.env['BENCH_SLOW_RATE'] ?? 1000)
const limitSeconds = 15
const limitMegabytes = 50
/** The slowest hundredth of a good client's requests may take this many times as long as when it is quiet. */
const limitSlower = 2
/** Below this many milliseconds a difference is the noise of the machine. */
const noiseMs = 5

const attacks = ['slow headers', 'slow body', 'slow read'] as const

/** Open files of a process: what its connections come to, seen from its side. */
function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** Resolves when a process has nearly as few open files as before. */
async function whenGone(pid: number, before: number): Promise<void> {
  const deadline = performance.now() + 60_000
  while (openFiles(pid) > before + 20 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

type Talk = (child: ChildProcess) => Promise<unknown>
const heard: Talk = async (child) => ((await once(child, 'message')) as [unknown])[0]

/** Another process of this benchmark: the attack must not be able to slow the clock of the visitor. */
async function helper(name: string, ...args: readonly (string | number)[]): Promise<ChildProcess> {
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const node = ['--import', 'tsx', '--conditions=@sevenfold/source', script, ...args.map(String)]
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await heard(child)
  return child
}

/**
 * Slowest hundredth of the times of two visitors that ask until `until` resolves: of the edge, and of the service
 * itself. What slows the second one is the machine, with the attackers on it, and not the edge.
 */
async function visitors(
  ports: { readonly edge: number; readonly service: number },
  until: () => Promise<unknown>,
): Promise<{ readonly edge: number; readonly service: number }> {
  const clients = await Promise.all(
    [ports.edge, ports.service].map((port) => helper('good-client', `http://127.0.0.1:${port}/small`)),
  )
  await until()
  const [edge = [], service = []] = await Promise.all(
    clients.map(async (child) => {
      child.send('over')
      return (await heard(child)) as number[]
    }),
  )
  return { edge: p99(edge), service: p99(service) }
}

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
}

const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-slow-'))
let holds = true
try {
  const upstream = await startUpstream(folder, 4_000_000)
  const port = await freePort()
  const child = spawn(
    process.execPath,
    [
      ...(process.env['BENCH_NODE'] ?? '').split(' ').filter(Boolean),
      ...workerCommand(),
      String(port),
      String(upstream.port),
      folder,
      'none',
    ],
    { stdio: ['ignore', 'inherit', 'ignore'] },
  )
  await waitForPort(port)
  const pid = child.pid ?? 0
  const ports = { edge: port, service: upstream.port }
  const quiet = (await visitors(ports, () => new Promise((resolve) => setTimeout(resolve, 8000)))).edge
  const before = rssMegabytes(pid)
  console.log(
    `${count} clients each, ${rate} new ones a second, RSS before ${before.toFixed(0)} MB, p99 of a good client when quiet ${quiet.toFixed(1)} ms`,
  )
  for (const name of attacks) {
    let highest = before
    const watch = setInterval(() => (highest = Math.max(highest, rssMegabytes(pid))), 250)
    const slow = await helper('slow-process', port, count, rate, name)
    let seconds = 0
    let cpu = 0
    const slowest = await visitors(ports, async () => {
      const files = openFiles(pid)
      const started = performance.now()
      const used = cpuMicros(pid)
      slow.send('start')
      await heard(slow)
      await whenGone(pid, files)
      seconds = (performance.now() - started) / 1000
      cpu = cpuMicros(pid) - used
    })
    slow.send('over')
    clearInterval(watch)
    const grown = highest - before
    const ok =
      seconds <= limitSeconds &&
      grown <= limitMegabytes &&
      slowest.edge <= Math.max(quiet, slowest.service, noiseMs / limitSlower) * limitSlower
    holds &&= ok
    console.log(
      `${name}: all gone after ${seconds.toFixed(1)} s (limit ${limitSeconds}; ${(cpu / 1e6).toFixed(1)} s of CPU time), RSS +${grown.toFixed(0)} MB (limit ${limitMegabytes}), p99 of a good client ${slowest.edge.toFixed(1)} ms (limit ${limitSlower} × ${quiet.toFixed(1)} ms; without the edge at the same time ${slowest.service.toFixed(1)} ms): ${ok ? 'holds' : 'OVER'}`,
    )
  }
  await end(child)
  await upstream.stop()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (!holds) process.exitCode = 1
