import { readFileSync, readdirSync } from 'node:fs'
import type { Harness } from './harness.ts'
import { burst, endpoints } from './load.ts'
import { startVariant } from './start-variant.ts'
import type { RunningVariant } from './start-variant.ts'

/** Requests of one burst, bursts of one endpoint for each variant, and how often all processes are started anew. */
export interface CostOptions {
  readonly requests: number
  readonly rounds: number
  readonly starts: number
}

// V8 compiles for thousands of requests, which says nothing about one: bursts of every endpoint before any is counted, and
// of one endpoint before its own are.
const firstWarmUps = 6
const warmUps = 6

/**
 * CPU of the server per request as a ratio to the unprotected application, by endpoint: over all rounds of one start, garbage
 * collection and all, and the geometric mean of the starts. Two starts of one and the same variant differ by up to 8 % for as long as
 * they live (where their memory lies, what is compiled when), which no number of rounds takes away.
 */
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

/**
 * Starts each variant several times, one after the other, and gives the lower quartiles: what else the machine does, and what
 * V8 happens to compile at once, only adds, by up to a quarter of the whole.
 */
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
        startMs: lowerQuartile(list.map(({ startMs }) => startMs)),
        memoryMiB: lowerQuartile(list.map(({ memoryMiB }) => memoryMiB)),
      },
    ]),
  )
}

/** A quarter of a list is not larger. */
function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 2] ?? Number.NaN
}

type Samples = Record<string, Record<string, { readonly ratios: number[]; readonly micros: number[] }>>

/** Measures every endpoint once; bursts go round-robin over the variants, so that a busy machine hits all alike. */
async function measure(
  running: ReadonlyMap<string, Running>,
  { requests, rounds }: CostOptions,
  into: Samples,
): Promise<void> {
  for (const [key, endpoint] of Object.entries(endpoints)) {
    const samples = new Map<string, number[]>()
    for (let round = -warmUps; round < rounds; round += 1) {
      for (const [name, { pid, port }] of round % 2 === 0 ? running : [...running].toReversed()) {
        const before = cpuMicros(pid)
        await burst(port, endpoint, requests)
        const micros = (cpuMicros(pid) - before) / requests
        if (round >= 0) samples.set(name, [...(samples.get(name) ?? []), micros])
      }
    }
    const plain = samples.get('none') ?? []
    for (const [name, list] of samples) {
      const cost = ((into[name] ??= {})[key] ??= { ratios: [], micros: [] })
      cost.ratios.push(meanOf(list) / meanOf(plain))
      cost.micros.push(meanOf(list))
    }
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

async function warmUp(running: ReadonlyMap<string, Running>, requests: number): Promise<void> {
  for (const endpoint of Object.values(endpoints))
    for (let round = 0; round < firstWarmUps; round += 1)
      for (const { port } of running.values()) await burst(port, endpoint, requests)
}

/** Runs all variants side by side, several times from their start. */
export async function runCost(
  harness: Harness,
  names: readonly string[],
  options: CostOptions,
): Promise<Readonly<Record<string, Cost>>> {
  const samples: Samples = {}
  for (let count = 0; count < options.starts; count += 1) {
    const running = new Map<string, Running>()
    try {
      for (const name of names) running.set(name, await start(harness, name))
      await warmUp(running, options.requests)
      await measure(running, options, samples)
    } finally {
      for (const { stop } of running.values()) await stop()
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, cost]) => [
      name,
      Object.fromEntries(
        Object.entries(cost).map(([key, { ratios, micros }]) => [
          key,
          { ratio: geometricMean(ratios), micros: geometricMean(micros) },
        ]),
      ),
    ]),
  )
}
