import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cpuMicros } from '../parts/process-usage.ts'

const run = promisify(execFile)

/** One reading. */
export interface Reading {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly microsPerRequest: number
  readonly p99: string
}

/** Loads a proxy with wrk (1 thread, 32 connections) and reads the CPU time of its process meanwhile. */
export async function load(
  url: string,
  pid: number,
  seconds: number,
  more: { readonly script?: string; readonly connections?: number } = {},
): Promise<Reading> {
  const before = cpuMicros(pid)
  const { stdout } = await run('taskset', [
    '-c',
    '1',
    'wrk',
    '-t1',
    `-c${more.connections ?? 32}`,
    `-d${seconds}s`,
    '--timeout',
    '30s',
    '--latency',
    ...(more.script === undefined ? [] : ['-s', more.script]),
    url,
  ])
  const used = cpuMicros(pid) - before
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? Number.NaN)
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`errors under load at ${url}:\n${stdout}`)
  const requests = number(/(\d+) requests in/)
  return {
    requests,
    requestsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
    microsPerRequest: used / requests,
    p99: /99%\s+(\S+)/.exec(stdout)?.[1] ?? '?',
  }
}

/** Middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
