import type { ProofLoad } from '@sevenfold/event'
import { figureOf, median, percentile } from './figure.ts'
import type { LoadResult } from './run-load.ts'

function requestsOf({ latencies, failed }: LoadResult): number {
  return Math.max(1, latencies.length + failed)
}

function totalCpu({ cpuMs }: LoadResult): number {
  return [...(cpuMs?.values() ?? [])].reduce((sum, value) => sum + value, 0)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

function cpuOf(repeats: readonly LoadResult[]): Pick<ProofLoad, 'cpuMsPerRequest' | 'cpuMsByProcess'> {
  const names = [...(repeats[0]?.cpuMs?.keys() ?? [])]
  if (names.length === 0) return {}
  const perRequest = (name: string): number =>
    median(repeats.map((repeat) => (repeat.cpuMs?.get(name) ?? 0) / requestsOf(repeat)))
  return {
    cpuMsPerRequest: figureOf(repeats.map((repeat) => totalCpu(repeat) / requestsOf(repeat))),
    cpuMsByProcess: Object.fromEntries(names.map((name) => [name, round(perRequest(name))])),
  }
}

function memoryOf(last: LoadResult | undefined): Pick<ProofLoad, 'memoryMiB'> {
  const entries = [...(last?.rssBytes ?? [])]
  if (entries.length === 0) return {}
  return {
    memoryMiB: Object.fromEntries(entries.map(([name, bytes]) => [name, Math.round(bytes / 2 ** 20)])),
  }
}

/** The repeats of one load in one entry of the document. */
export function summariseLoad(repeats: readonly LoadResult[]): ProofLoad {
  const latency = (part: number): ProofLoad['latency']['p50'] =>
    figureOf(repeats.map(({ latencies }) => percentile(latencies, part)))
  return {
    requests: repeats.reduce((sum, repeat) => sum + repeat.latencies.length + repeat.failed, 0),
    failed: repeats.reduce((sum, repeat) => sum + repeat.failed, 0),
    requestsPerSecond: figureOf(repeats.map((repeat) => requestsOf(repeat) / repeat.seconds)),
    latency: { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
    ...cpuOf(repeats),
    ...memoryOf(repeats.at(-1)),
  }
}
