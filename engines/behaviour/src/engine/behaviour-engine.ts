import { BucketTable } from '../bucket/bucket-table.ts'
import { bucketLifetimeMs, createBucket, isNewValue, pour } from '../bucket/leaky-bucket.ts'
import type { LeakyBucket } from '../bucket/leaky-bucket.ts'
import type { BehaviourEvent } from '../event/behaviour-event.ts'
import { checkScenario } from '../scenario/scenario.ts'
import type { LeakyScenario } from '../scenario/scenario.ts'

/** A bucket that overflowed. */
export interface Overflow {
  readonly scenario: LeakyScenario
  /** The group: an address or a user name. */
  readonly value: string
  /** Events poured into the bucket. */
  readonly count: number
  /** Milliseconds since 1970 by the engine's clock. */
  readonly firstMs: number
  readonly lastMs: number
  /** The event that overflowed it. */
  readonly event: BehaviourEvent
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly scenarios: readonly LeakyScenario[]
  /**
   * `live`: buckets run on the time that `pour` is given. `log`: on the time of each event, so that a replay gives
   * the same overflows whenever and however fast it runs.
   */
  readonly clock: 'live' | 'log'
  /** Buckets of one scenario in all; default 100,000. */
  readonly maxBuckets?: number
  /** Told once of a scenario that threw; it is switched off and the others go on. */
  readonly onFault?: (scenario: string, error: unknown) => void
}

/** Counters of an engine since it was made. */
export interface EngineCounters {
  readonly poured: number
  readonly overflowed: number
  readonly evicted: number
  readonly refused: number
  readonly disabled: number
}

const defaultMaxBuckets = 100_000
/** Groups whose blackhole is remembered, a scenario. */
const maxBlackholes = 100_000

interface Lane {
  readonly scenario: LeakyScenario
  readonly table: BucketTable
  // Until when a group that overflowed stays quiet; oldest first.
  readonly quietUntil: Map<string, number>
  disabled: boolean
}

/** Runs scenarios over events. Holds all state in memory; deterministic for the same events and times. */
export class BehaviourEngine {
  readonly #lanes: readonly Lane[]
  readonly #options: EngineOptions
  #poured = 0
  #overflowed = 0

  /** Throws a `RangeError` for a scenario that could never work. */
  constructor(options: EngineOptions) {
    this.#options = options
    const maxBuckets = options.maxBuckets ?? defaultMaxBuckets
    const limits = { maxBuckets, maxPerNetwork: Math.max(1, Math.floor(maxBuckets / 8)) }
    this.#lanes = options.scenarios.map((scenario) => {
      checkScenario(scenario)
      const table = new BucketTable(limits, bucketLifetimeMs(scenario))
      return { scenario, table, quietUntil: new Map(), disabled: false }
    })
  }

  /** Pours one event into every scenario that it matches. `nowMs` is used by a live clock only. Never throws. */
  pour(event: BehaviourEvent, nowMs: number): Overflow[] {
    const at = this.#options.clock === 'live' ? nowMs : event.time
    const overflows: Overflow[] = []
    for (const lane of this.#lanes) {
      if (lane.disabled) continue
      try {
        const overflow = this.#pourInto(lane, event, at)
        if (overflow !== undefined) overflows.push(overflow)
      } catch (error) {
        lane.disabled = true
        this.#options.onFault?.(lane.scenario.name, error)
      }
    }
    return overflows
  }

  #pourInto(lane: Lane, event: BehaviourEvent, at: number): Overflow | undefined {
    const { scenario, table } = lane
    if (!scenario.filter(event)) return undefined
    const key = scenario.groupBy(event)
    if (key === '') return undefined
    const bucket = table.get(key, at) ?? this.#newBucket(lane, key, at)
    if (bucket === undefined) return undefined
    if (scenario.distinct !== undefined && !isNewValue(bucket, scenario.distinct(event))) return undefined
    this.#poured += 1
    if (!pour(bucket, scenario, at)) return undefined
    table.delete(key)
    if (this.#isQuiet(lane, key, at)) return undefined
    this.#overflowed += 1
    const { count, firstMs, lastMs } = bucket
    return { scenario, value: key, count, firstMs, lastMs, event }
  }

  #newBucket(lane: Lane, key: string, at: number): LeakyBucket | undefined {
    const bucket = createBucket(lane.scenario, at, lane.scenario.distinct !== undefined)
    return lane.table.add(key, bucket) ? bucket : undefined
  }

  /** True while the group's blackhole lasts; begins a new one otherwise. */
  #isQuiet(lane: Lane, key: string, at: number): boolean {
    if (lane.scenario.blackholeMs === 0) return false
    const until = lane.quietUntil.get(key)
    if (until !== undefined && at < until) return true
    lane.quietUntil.delete(key)
    if (lane.quietUntil.size >= maxBlackholes) {
      const [oldest] = lane.quietUntil.keys()
      if (oldest !== undefined) lane.quietUntil.delete(oldest)
    }
    lane.quietUntil.set(key, at + lane.scenario.blackholeMs)
    return false
  }

  /** Lets a group be judged anew at once, for example after its ban was lifted by hand. */
  forget(value: string): void {
    for (const lane of this.#lanes) {
      lane.table.delete(value)
      lane.quietUntil.delete(value)
    }
  }

  /** Drops buckets that have leaked out. Call it now and then; correctness does not depend on it. */
  collect(nowMs: number): void {
    for (const lane of this.#lanes) {
      lane.table.collect(nowMs)
      for (const [key, until] of lane.quietUntil) if (until <= nowMs) lane.quietUntil.delete(key)
    }
  }

  /** Buckets in memory. */
  get buckets(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.table.size, 0)
  }

  /** Counters since the start. */
  counters(): EngineCounters {
    const tables = this.#lanes.map((lane) => lane.table.counters)
    return {
      poured: this.#poured,
      overflowed: this.#overflowed,
      evicted: tables.reduce((sum, counters) => sum + counters.evicted, 0),
      refused: tables.reduce((sum, counters) => sum + counters.refused, 0),
      disabled: this.#lanes.filter((lane) => lane.disabled).length,
    }
  }
}
