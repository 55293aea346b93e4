import { setTimeout as wait } from 'node:timers/promises'
import { createVisitor } from '../visitor/visitor.ts'
import type { Target } from '../visitor/visitor.ts'

/** Innocent requests at a steady rate, whatever becomes of those before (an open loop). */
export interface SteadyOptions {
  readonly target: Target
  readonly paths: readonly string[]
  /** Milliseconds between requests. */
  readonly everyMs: number
  readonly durationMs: number
  readonly nextAddress: () => string
  readonly trace: (number: number) => string
}

/** How they were served. */
export interface SteadyResult {
  readonly requests: number
  readonly served: number
  /** Longest time between two served requests, in milliseconds, from start to end. */
  readonly longestGapMs: number
}

/** Between requests that began within the time; what came later had only waited. */
function longestGap(times: readonly number[], durationMs: number): number {
  const within = times.filter((time) => time < durationMs).toSorted((a, b) => a - b)
  const points = [0, ...within, durationMs]
  return Math.round(points.reduce((gap, time, index) => Math.max(gap, time - (points[index - 1] ?? 0)), 0))
}

/** Sends requests at the stated rate, each from an address of its own on a connection of its own; waits for all answers. */
export async function sendSteadily(options: SteadyOptions): Promise<SteadyResult> {
  const count = Math.floor(options.durationMs / options.everyMs)
  const started = performance.now()
  const servedAt: number[] = []
  const one = async (number: number): Promise<void> => {
    await wait(number * options.everyMs)
    const visitor = createVisitor({
      target: options.target,
      address: options.nextAddress(),
      trace: options.trace(number),
    })
    const answer = await visitor.get(options.paths[number % options.paths.length] ?? '/')
    visitor.close()
    if (answer.status >= 200 && answer.status < 400) servedAt.push(performance.now() - started)
  }
  await Promise.all(Array.from({ length: count }, (_, number) => one(number)))
  return {
    requests: count,
    served: servedAt.length,
    longestGapMs: longestGap(servedAt, options.durationMs),
  }
}
