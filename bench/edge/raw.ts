// CPU time of the edge per request against nginx in the same run; see README.md beside this file.
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { load, median } from './load.ts'
import type { Reading } from './load.ts'
import { isInstalled, startPeers } from './peers.ts'
import { startProxy, startUpstream } from './nginx.ts'
import { startWorker } from './start-worker.ts'

const repeats = Number(process.env['BENCH_REPEATS'] ?? 5)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3)
const sizes = (process.env['BENCH_BYTES'] ?? '1024,102400').split(',').map(Number)

interface Target {
  readonly name: string
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

interface Pair {
  readonly name: string
  readonly edge: string
  readonly peer: string
  /** The ratio must not be over it. */
  readonly must: number
}

/** Pairs that are compared: our variant, its peer, and what the ratio must be. */
function pairsOf(bytes: number): readonly Pair[] {
  return [
    { name: 'no log, no events', edge: 'edge', peer: 'nginx', must: bytes > 50_000 ? 1.5 : 2.0 },
    { name: 'access log, access events', edge: 'edge + events', peer: 'nginx + log', must: 2.5 },
  ]
}

function missing(): string | null {
  for (const program of ['nginx', 'wrk', 'taskset']) if (!isInstalled(program)) return program
  return cpus().length < 2 ? 'a second CPU core' : null
}

function line(cells: readonly string[]): void {
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(16) : cell.padStart(14))).join(''))
}

async function measure(bytes: number, folder: string): Promise<boolean> {
  const upstream = await startUpstream(folder, bytes)
  const targets: Target[] = [
    { name: 'nginx', ...(await startProxy(folder, upstream.port, false)) },
    await startWorker(folder, upstream.port, { name: 'edge', events: 'none', core: 0 }),
    { name: 'nginx + log', ...(await startProxy(folder, upstream.port, true)) },
    await startWorker(folder, upstream.port, { name: 'edge + events', events: 'spool', core: 0 }),
    ...(await startPeers(folder, upstream.port)),
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
  for (const { name, edge, peer, must } of pairsOf(bytes)) {
    const ours = readings.get(edge) ?? []
    const theirs = readings.get(peer) ?? []
    const ratios = ours.map(
      (reading, index) => reading.microsPerRequest / (theirs[index]?.microsPerRequest ?? Number.NaN),
    )
    const ratio = median(ratios)
    const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`
    const verdict = ratio <= must ? 'holds' : 'OVER'
    console.log(`${name}: ${ratio.toFixed(2)} × nginx (${range}); limit ${must.toFixed(1)}: ${verdict}`)
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
