// CPU time of the edge per request against nginx in the same run; see README.md beside this file.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load, median } from './load.ts'
import type { Reading } from './load.ts'
import { end, freePort, startProxy, startUpstream, waitForPort } from './nginx.ts'

const repeats = Number(process.env['BENCH_REPEATS'] ?? 5)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3)
const sizes = (process.env['BENCH_BYTES'] ?? '1024').split(',').map(Number)

interface Target {
  readonly name: string
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

/** Pairs that are compared: our variant, its peer, and what the ratio must and should be. */
const pairs = [
  { name: 'no log, no events', edge: 'edge', peer: 'nginx', must: 3.2, aim: 2.0 },
  { name: 'access log, access events', edge: 'edge + events', peer: 'nginx + log', must: 4.0, aim: 2.5 },
] as const

function missing(): string | null {
  for (const program of ['nginx', 'wrk', 'taskset']) {
    try {
      execFileSync('which', [program], { stdio: 'ignore' })
    } catch {
      return program
    }
  }
  return cpus().length < 2 ? 'a second CPU core' : null
}

async function startEdge(name: string, upstream: number, folder: string, events: string): Promise<Target> {
  const port = await freePort()
  const script = fileURLToPath(new URL('edge-process.ts', import.meta.url))
  const node = ['node', '--import', 'tsx', '--conditions=@sevenfold/source']
  const args = ['-c', '0', ...node, script, String(port), String(upstream), join(folder, events), events]
  const child = spawn('taskset', args, { stdio: ['ignore', 'inherit', 'ignore'] })
  await waitForPort(port)
  return { name, pid: child.pid ?? 0, port, stop: () => end(child) }
}

function line(cells: readonly string[]): void {
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(16) : cell.padStart(14))).join(''))
}

async function measure(bytes: number, folder: string): Promise<boolean> {
  const upstream = await startUpstream(folder, bytes)
  const targets: Target[] = [
    { name: 'nginx', ...(await startProxy(folder, upstream.port, false)) },
    await startEdge('edge', upstream.port, folder, 'none'),
    { name: 'nginx + log', ...(await startProxy(folder, upstream.port, true)) },
    await startEdge('edge + events', upstream.port, folder, 'spool'),
  ]
  const readings = new Map<string, Reading[]>(targets.map(({ name }) => [name, []]))
  try {
    for (const { port, pid } of targets) await load(`http://127.0.0.1:${port}/`, pid, 2)
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const { name, port, pid } of targets) {
        readings.get(name)?.push(await load(`http://127.0.0.1:${port}/`, pid, seconds))
      }
    }
  } finally {
    for (const target of targets) await target.stop()
    await upstream.stop()
  }
  return report(bytes, readings)
}

function report(bytes: number, readings: ReadonlyMap<string, readonly Reading[]>): boolean {
  console.log(
    `\n${bytes} byte answers, keep-alive on both sides, 32 connections, ${repeats} × ${seconds} s interleaved`,
  )
  line(['', 'CPU µs/request', 'requests/s', 'p99 (last)'])
  for (const [name, list] of readings) {
    const micros = median(list.map((reading) => reading.microsPerRequest))
    const rate = median(list.map((reading) => reading.requestsPerSecond))
    line([name, micros.toFixed(1), rate.toFixed(0), list.at(-1)?.p99 ?? ''])
  }
  let holds = true
  for (const { name, edge, peer, must, aim } of pairs) {
    const ours = readings.get(edge) ?? []
    const theirs = readings.get(peer) ?? []
    const ratios = ours.map(
      (reading, index) => reading.microsPerRequest / (theirs[index]?.microsPerRequest ?? Number.NaN),
    )
    const ratio = median(ratios)
    const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`
    const verdict = ratio <= aim ? 'aim reached' : ratio <= must ? 'within the limit' : 'OVER THE LIMIT'
    console.log(`${name}: ${ratio.toFixed(2)} × nginx (${range}); limit ${must}, aim ${aim}: ${verdict}`)
    holds &&= ratio <= must
  }
  return holds
}

const lacking = missing()
if (lacking !== null) {
  console.log(`edge benchmark: skipped (needs ${lacking})`)
} else {
  const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-edge-'))
  const [cpu] = cpus()
  console.log(`${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`)
  try {
    let holds = true
    for (const bytes of sizes) holds = (await measure(bytes, folder)) && holds
    if (!holds) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
