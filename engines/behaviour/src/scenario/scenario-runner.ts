import { alertScope } from '../alert/alert-scope.ts'
import type { CompiledContext } from '../alert/alert-context.ts'
import { contextOf } from '../alert/alert-context.ts'
import { buildOverflow } from '../alert/build-overflow.ts'
import { NoSource } from '../alert/sources-of.ts'
import { Blackhole } from '../bucket/blackhole.ts'
import { BucketStore } from '../bucket/bucket-store.ts'
import type { StoreLimits } from '../bucket/bucket-store.ts'
import { enqueue, isNewTo } from '../bucket/hub-bucket.ts'
import type { HubBucket } from '../bucket/hub-bucket.ts'
import { networkOf } from '../bucket/network-of.ts'
import { takeToken } from '../bucket/token-limiter.ts'
import type { Expression } from '../expr/expression.ts'
import type { GoTime } from '../helpers/go-time.ts'
import type { EventRecord, OverflowRecord } from '../record.ts'
import { posteriorOf } from './bayesian.ts'
import { bucketScope } from './bucket-scope.ts'
import type { CompiledScenario } from './compiled-scenario.ts'

/** A moment of the engine's clock. */
export interface Moment {
  readonly time: GoTime
  /** Milliseconds since 1970, with fractions. */
  readonly ms: number
  /** False in a replay for events that name no time: they pull triggers and fill no buckets. */
  readonly isDated: boolean
}

/** What a runner is made of. */
export interface RunnerOptions {
  readonly scenarios: readonly CompiledScenario[]
  readonly contexts: readonly CompiledContext[]
  readonly limits: StoreLimits
  /** Takes each overflow that is to leave. */
  readonly onOverflow: (overflow: OverflowRecord, scenario: CompiledScenario) => void
}

/** Pours events into buckets. Holds all state of buckets; deterministic for the same events and moments. */
export class ScenarioRunner {
  readonly #options: RunnerOptions
  readonly #store: BucketStore
  readonly #blackholes: readonly (Blackhole | undefined)[]
  readonly #counting: readonly number[]
  readonly #slots: readonly number[]

  constructor(options: RunnerOptions) {
    this.#options = options
    const { scenarios } = options
    this.#store = new BucketStore(
      options.limits,
      scenarios.map(({ lifetimeMs }) => lifetimeMs),
    )
    this.#blackholes = scenarios.map(({ blackholeMs }) =>
      blackholeMs > 0 ? new Blackhole(blackholeMs) : undefined,
    )
    this.#slots = sharedSlots(scenarios)
    this.#counting = scenarios.flatMap(({ spec }, number) => (spec.type === 'counter' ? [number] : []))
  }

  /** The buckets. */
  get store(): BucketStore {
    return this.#store
  }

  /** Pours a record into the scenario of a number, whose filter it passed. Throws what its expressions throw unexpectedly. */
  pour(number: number, record: EventRecord, moment: Moment): void {
    const scenario = this.#options.scenarios[number]
    if (scenario === undefined || scenario.isDisabled) return
    scenario.counters.matched += 1
    const key = this.#keyOf(scenario, record)
    if (key === undefined) return
    if (scenario.spec.type === 'trigger') this.#trigger(number, { key, record, moment })
    else if (moment.isDated) this.#fill(number, { key, record, moment })
  }

  #keyOf(scenario: CompiledScenario, record: EventRecord): string | undefined {
    if (scenario.groupBy === undefined) return ''
    const key = this.#evaluate(scenario, scenario.groupBy, [record])
    if (typeof key === 'string') return key
    if (key !== undefined) scenario.counters.failed += 1
    return undefined
  }

  /** Value of an expression; undefined, and counted, when it fails on what it meets. */
  #evaluate(scenario: CompiledScenario, expression: Expression, scope: readonly unknown[]): unknown {
    try {
      return expression.evaluate(scope)
    } catch {
      scenario.counters.failed += 1
      return undefined
    }
  }

  #trigger(number: number, { key, record, moment }: Poured): void {
    const scenario = this.#options.scenarios[number]
    const bucket = newBucket(number, key, { record, moment, scenario, slot: number })
    bucket.total = 1
    bucket.queue.push(record)
    this.#countPoured(number)
    this.#overflow(bucket, moment.time)
  }

  #countPoured(number: number): void {
    const scenario = this.#options.scenarios[number]
    if (scenario !== undefined) scenario.counters.poured += 1
  }

  #fill(number: number, poured: Poured): void {
    const bucket = this.#bucketFor(number, poured)
    const scenario = bucket === undefined ? undefined : this.#options.scenarios[bucket.scenario]
    if (bucket === undefined || scenario === undefined) return
    const { record, moment } = poured
    if (bucket.seen !== undefined && !isNewTo(bucket.seen, this.#distinctOf(scenario, record))) return
    if (scenario.cancelOn !== undefined && this.#evaluate(scenario, scenario.cancelOn, [record]) === true) {
      this.#store.delete(bucket)
      return
    }
    this.#countPoured(bucket.scenario)
    if (pourInto(bucket, scenario, poured) || this.#isDue(bucket, scenario, record)) {
      this.#store.delete(bucket)
      this.#overflow(bucket, moment.time)
    }
  }

  /** The bucket of a key: of this scenario, or of one with the same name and filter that made it. */
  #bucketFor(number: number, { key, record, moment }: Poured): HubBucket | undefined {
    const slot = this.#slots[number] ?? number
    const known = this.#store.get(slot, key)
    const maker = known === undefined ? undefined : this.#options.scenarios[known.scenario]
    if (known !== undefined && maker !== undefined) {
      if (known.total === 0 || moment.ms <= known.lastMs + maker.lifetimeMs) return known
      this.#store.delete(known)
      // The window of a counter is over, which nobody noticed yet.
      if (maker.spec.type === 'counter') this.#overflow(known, known.last)
    }
    const scenario = this.#options.scenarios[number]
    const bucket = newBucket(number, key, { record, moment, scenario, slot })
    return this.#store.add(bucket, moment.ms) ? bucket : undefined
  }

  #distinctOf(scenario: CompiledScenario, record: EventRecord): string {
    const value = scenario.distinct === undefined ? '' : this.#evaluate(scenario, scenario.distinct, [record])
    return typeof value === 'string' ? value : ''
  }

  /** Whether a condition, or what bayesian conditions add up to, makes the bucket overflow. */
  #isDue(bucket: HubBucket, scenario: CompiledScenario, record: EventRecord): boolean {
    if (scenario.condition === undefined && scenario.conditions.length === 0) return false
    const scope = bucketScope(record, bucket, scenario)
    if (scenario.condition !== undefined && this.#evaluate(scenario, scenario.condition, scope) === true)
      return true
    const { bayesian } = scenario.spec
    if (bayesian === undefined) return false
    const evaluate = (expression: Expression): unknown => this.#evaluate(scenario, expression, scope)
    return (
      posteriorOf({
        prior: bayesian.prior,
        conditions: scenario.conditions,
        triggered: bucket.triggered ?? [],
        evaluate,
      }) > Math.fround(bayesian.threshold)
    )
  }

  #overflow(bucket: HubBucket, at: GoTime): void {
    const scenario = this.#options.scenarios[bucket.scenario]
    if (scenario === undefined) return
    const overflow = this.#build(bucket, at, scenario)
    if (!this.#isWanted(bucket, scenario, { at, overflow })) {
      scenario.counters.withheld += 1
      return
    }
    if (overflow === undefined) return
    scenario.counters.overflowed += 1
    this.#options.onOverflow(overflow, scenario)
  }

  #build(bucket: HubBucket, at: GoTime, scenario: CompiledScenario): OverflowRecord | undefined {
    const meta = contextOf(bucket.queue, this.#options.contexts, alertScope)
    try {
      return buildOverflow({ scenario, bucket, at, meta })
    } catch (error) {
      if (!(error instanceof NoSource)) throw error
      scenario.counters.failed += 1
      return undefined
    }
  }

  #isWanted(
    bucket: HubBucket,
    scenario: CompiledScenario,
    { at, overflow }: { readonly at: GoTime; readonly overflow: OverflowRecord | undefined },
  ): boolean {
    if (scenario.overflowFilter !== undefined) {
      const [, queue, leaky] = bucketScope(undefined, bucket, scenario)
      if (this.#evaluate(scenario, scenario.overflowFilter, [queue, overflow, leaky]) === false) return false
    }
    return this.#blackholes[bucket.scenario]?.hides(bucket.key, momentMs(at)) !== true
  }

  /** Lets time pass: counters whose window is over overflow. */
  advance(nowMs: number): void {
    for (const number of this.#counting) {
      const lifetime = this.#options.scenarios[number]?.lifetimeMs ?? 0
      for (;;) {
        const bucket = this.#store.oldest(number)
        if (bucket === undefined || nowMs < bucket.firstMs + lifetime) break
        this.#store.delete(bucket)
        this.#overflow(bucket, bucket.last)
      }
    }
  }

  /** Drops what has leaked out. Correctness does not depend on it. */
  sweep(nowMs: number): void {
    this.#store.sweep(nowMs)
    for (const blackhole of this.#blackholes) blackhole?.sweep(nowMs)
  }

  /** Lets a key be judged anew at once. */
  forget(key: string): void {
    this.#store.forget(key)
    for (const blackhole of this.#blackholes) blackhole?.forget(key)
  }
}

interface Poured {
  readonly key: string
  readonly record: EventRecord
  readonly moment: Moment
}

/** Milliseconds since 1970, with fractions. */
export function momentMs(time: GoTime): number {
  return time.ms + time.ns / 1e6
}

interface NewBucket {
  readonly record: EventRecord
  readonly moment: Moment
  readonly scenario: CompiledScenario | undefined
  readonly slot: number
}

/** Scenarios of the same name and filter share their buckets, as in CrowdSec: the first of them has them for all. */
function sharedSlots(scenarios: readonly CompiledScenario[]): readonly number[] {
  const first = new Map<string, number>()
  return scenarios.map(({ spec }, number) => {
    const key = `${spec.name}\0${spec.filter}`
    const slot = first.get(key) ?? number
    first.set(key, slot)
    return slot
  })
}

function newBucket(number: number, key: string, { record, moment, scenario, slot }: NewBucket): HubBucket {
  return {
    scenario: number,
    slot,
    key,
    network: networkOf(record.Meta.get('source_ip') ?? key),
    firstMs: moment.ms,
    lastMs: moment.ms,
    first: moment.time,
    last: moment.time,
    tokens: Math.max(0, scenario?.spec.capacity ?? 0),
    total: 0,
    queue: [],
    seen: scenario?.distinct === undefined ? undefined : new Set(),
    triggered: scenario === undefined || scenario.conditions.length === 0 ? undefined : [],
  }
}

/** Pours an event; true when the bucket overflows. */
function pourInto(bucket: HubBucket, scenario: CompiledScenario, { record, moment }: Poured): boolean {
  const { type, capacity } = scenario.spec
  const wasEmpty = bucket.total === 0
  bucket.total += 1
  if (wasEmpty) {
    bucket.firstMs = moment.ms
    bucket.first = moment.time
    bucket.lastMs = moment.ms
  }
  enqueue(bucket.queue, scenario.queueSize, record)
  const hasRoom =
    capacity === -1 || takeToken(bucket, { capacity, leakSpeedMs: scenario.leakSpeedMs }, moment.ms)
  bucket.lastMs = moment.ms
  bucket.last = moment.time
  return !hasRoom && type !== 'conditional'
}
