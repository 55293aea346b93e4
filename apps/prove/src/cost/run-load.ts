import type { Loot, Scene } from '../attack/attack.ts'
import type { Bed } from '../bed/bed.ts'
import type { Configuration } from '../matrix/configuration.ts'
import { makeScene } from '../matrix/make-scene.ts'
import type { Answer } from '../visitor/answer.ts'
import { processUsage } from './process-usage.ts'

/** A visit that a load repeats: an innocent one, or an attack. */
export interface Play {
  readonly name: string
  readonly visit: (scene: Scene) => Promise<unknown>
}

/** What a load is made of. */
export interface LoadOptions {
  readonly bed: Bed
  readonly configuration: Configuration
  readonly plays: readonly Play[]
  /** How many visits, taken from `plays` in turn. */
  readonly visits: number
  /** Visits at the same time. */
  readonly concurrency: number
  readonly seed: string
  /** A source address that no visit had before. */
  readonly nextAddress: () => string
  readonly signal?: AbortSignal
}

/** What one load took. */
export interface LoadResult {
  /** Milliseconds of each answered request, sorted. */
  readonly latencies: readonly number[]
  /** Requests without an answer, or with a status of 500 and more. */
  readonly failed: number
  readonly seconds: number
  /** CPU milliseconds by process; undefined where the system does not tell. */
  readonly cpuMs: ReadonlyMap<string, number> | undefined
  readonly rssBytes: ReadonlyMap<string, number>
}

/** Visits that a load plays: the application is not reset between them, as it is not in life. */
async function playVisits(
  options: LoadOptions,
  loot: Loot,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  const { bed, configuration, plays, seed } = options
  let next = 0
  const visitor = async (): Promise<void> => {
    while (next < options.visits) {
      options.signal?.throwIfAborted()
      const number = next++
      const play = plays[number % plays.length]
      if (play === undefined) return
      const label = `${play.name}\0${number}`
      const open = makeScene({
        bed,
        configuration,
        seed,
        label,
        loot,
        address: options.nextAddress(),
        onAnswer,
      })
      // What a visit finds is judged elsewhere; here only its answers count.
      await play.visit(open.scene).catch(() => undefined)
      open.close()
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, visitor))
}

/** Sums over processes of one name: a part may be several. */
function byName(names: readonly string[], values: readonly number[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  names.forEach((name, index) => sums.set(name, (sums.get(name) ?? 0) + (values[index] ?? 0)))
  return sums
}

/** Resets the application, sends visitors, and measures what they met and what it took. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { bed, configuration } = options
  const loot = await bed.application(configuration).reset(`${options.seed}\0load`)
  const processes = bed.processes(configuration)
  const pids = processes.map(({ pid }) => pid)
  const names = processes.map(({ name }) => name)
  const latencies: number[] = []
  let failed = 0
  const before = processUsage(pids)
  const started = performance.now()
  await playVisits(options, loot, (answer) => {
    if (answer.status === 0 || answer.status >= 500) failed++
    if (answer.status !== 0) latencies.push(answer.ms)
  })
  const seconds = (performance.now() - started) / 1000
  const after = processUsage(pids)
  const spent = after?.map((usage, index) => usage.cpuMs - (before?.[index]?.cpuMs ?? 0))
  return {
    latencies: latencies.toSorted((a, b) => a - b),
    failed,
    seconds,
    cpuMs: spent === undefined ? undefined : byName(names, spent),
    rssBytes: byName(names, after?.map((usage) => usage.rssBytes) ?? []),
  }
}
