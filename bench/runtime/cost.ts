import { readFileSync, readdirSync } from 'node:fs'
import type { Harness } from './harness.ts'
import { burst, endpoints } from './load.ts'
import { startVariant } from './start-variant.ts'
import type { RunningVariant } from './start-variant.ts'

/** Requests of one burst, and bursts of one endpoint for each variant. */
export interface CostOptions {
  readonly requests: number
  readonly rounds: number
}

/** CPU of the server per request as a ratio to the unprotected application, median of the rounds; by endpoint. */
export type Cost = Readonly<Record<string, { readonly ratio: number; readonly micros: number }>>

interface Running extends RunningVariant {
  /** CPU time until it was ready, in milliseconds. */
  readonly startMs: number
  readonly memoryMiB: number
}

/** CPU time of a process with all its threads, in microseconds. */
function cpuMicros(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const times = threads.map((id) => readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0])
  return times.reduce((sum, time) => sum + Number(time ?? 0), 0) / 1000
}

/** Memory in use, in MiB. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

async function start(harness: Harness, name: string): Promise<Running> {
  const running = await startVariant(harness, name)
  return { ...running, startMs: cpuMicros(running.pid) / 1000, memoryMiB: memoryOf(running.pid) }
}

/** Starts each variant several times, one after the other, and gives the medians. */
export async function runStarts(
  harness: Harness,
  names: readonly string[],
  rounds: number,
): Promise<Readonly<Record<string, { readonly startMs: number; readonly memoryMiB: number }>>> {
  const samples = new Map<string, Running[]>()
  for (let round = 0; round < rounds; round += 1)
    for (const name of names) {
      const running = await start(harness, name)
      await running.stop()
      samples.set(name, [...(samples.get(name) ?? []), running])
    }
  return Object.fromEntries(
    [...samples].map(([name, list]) => [
      name,
      {
        startMs: median(list.map(({ startMs }) => startMs)),
        memoryMiB: median(list.map(({ memoryMiB }) => memoryMiB)),
      },
    ]),
  )
}

/** The middle of a list. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Runs all variants side by side; bursts go round-robin over them, so that a busy machine hits all alike. */
export async function runCost(
  harness: Harness,
  names: readonly string[],
  options: CostOptions,
): Promise<Readonly<Record<string, Cost>>> {
  const running = new Map<string, Running>()
  try {
    for (const name of names) running.set(name, await start(harness, name))
    const cost: Record<string, Record<string, { ratio: number; micros: number }>> = {}
    for (const [key, endpoint] of Object.entries(endpoints)) {
      const samples = new Map<string, number[]>()
      for (let round = -2; round < options.rounds; round += 1) {
        for (const [name, { pid, port }] of round % 2 === 0 ? running : [...running].toReversed()) {
          const before = cpuMicros(pid)
          await burst(port, endpoint, options.requests)
          const micros = (cpuMicros(pid) - before) / options.requests
          if (round >= 0) samples.set(name, [...(samples.get(name) ?? []), micros]) // the first two warm up
        }
      }
      const plain = samples.get('none') ?? []
      for (const [name, list] of samples) {
        const ratio = median(list.map((micros, i) => micros / (plain[i] ?? Number.NaN)))
        cost[name] = { ...cost[name], [key]: { ratio, micros: median(list) } }
      }
    }
    return cost
  } finally {
    for (const { stop } of running.values()) await stop()
  }
}
