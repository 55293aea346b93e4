import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Harness } from './harness.ts'
import { burst, endpoints } from './load.ts'

/** Requests of one burst, and bursts of one endpoint for each variant. */
export interface CostOptions {
  readonly requests: number
  readonly rounds: number
}

/** CPU of the server per request as a ratio to the unprotected application, median of the rounds; by endpoint. */
export type Cost = Readonly<Record<string, { readonly ratio: number; readonly micros: number }>>

interface Running {
  readonly app: ChildProcess
  readonly port: number
  /** CPU time until it was ready, in milliseconds. */
  readonly startMs: number
}

/** CPU time of a process with all its threads, in microseconds. */
function cpuMicros(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const times = threads.map((id) => readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0])
  return times.reduce((sum, time) => sum + Number(time ?? 0), 0) / 1000
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function start(harness: Harness, name: string): Promise<Running> {
  const variant = harness.variants[name]
  const port = await freePort()
  const app = spawn(process.execPath, [...(variant?.args ?? []), 'app.cjs'], {
    cwd: harness.folder,
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), ...variant?.env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise<void>((resolve, reject) => {
    app.stdout?.on('data', (text) => {
      if (String(text).includes('READY')) resolve()
    })
    app.on('exit', (code) => reject(new Error(`${name} ended with code ${code}`)))
  })
  return { app, port, startMs: cpuMicros(app.pid ?? 0) / 1000 }
}

/** The middle of a list. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Runs all variants side by side; bursts go round-robin over them, so that a busy machine hits all alike. */
export async function runCost(
  harness: Harness,
  options: CostOptions,
): Promise<{
  readonly cost: Readonly<Record<string, Cost>>
  readonly startMs: Readonly<Record<string, number>>
}> {
  const running = new Map<string, Running>()
  try {
    for (const name of harness.names) running.set(name, await start(harness, name))
    const cost: Record<string, Record<string, { ratio: number; micros: number }>> = {}
    for (const [key, endpoint] of Object.entries(endpoints)) {
      const samples = new Map<string, number[]>()
      for (let round = -2; round < options.rounds; round += 1) {
        for (const [name, { app, port }] of round % 2 === 0 ? running : [...running].toReversed()) {
          const before = cpuMicros(app.pid ?? 0)
          await burst(port, endpoint, options.requests)
          const micros = (cpuMicros(app.pid ?? 0) - before) / options.requests
          if (round >= 0) samples.set(name, [...(samples.get(name) ?? []), micros]) // the first two warm up
        }
      }
      const plain = samples.get('none') ?? []
      for (const [name, list] of samples) {
        const ratio = median(list.map((micros, i) => micros / (plain[i] ?? Number.NaN)))
        cost[name] = { ...cost[name], [key]: { ratio, micros: median(list) } }
      }
    }
    return { cost, startMs: Object.fromEntries([...running].map(([name, { startMs }]) => [name, startMs])) }
  } finally {
    for (const { app } of running.values()) app.kill('SIGTERM')
  }
}
