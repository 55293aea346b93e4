import type { Facilities } from '../helpers/facilities.ts'

import { emptyRecord, recordOfLine, recordOfOverflow } from '../parse/new-record.ts'
import type { Clock, SourceLine } from '../parse/new-record.ts'
import type { ParseObserver } from '../parse/node.ts'
import type { EventRecord, OverflowRecord } from '../record.ts'
import { compileRules } from '../rules/compile-rules.ts'
import { createExpressions } from '../rules/create-expressions.ts'
import type { CompiledScenario } from '../scenario/compiled-scenario.ts'
import { momentMs, ScenarioRunner } from '../scenario/scenario-runner.ts'
import type { Moment } from '../scenario/scenario-runner.ts'
import { Stash } from '../stash/stash.ts'
import { TextTime } from '../time/text-time.ts'
import type { HubRules, RuleFiles } from './hub-rules.ts'

/** What an engine is made of. */
export interface HubEngineOptions {
  /**
   * `live`: buckets run on `facilities.now()`. `log`: on the time that each line names, so that a replay gives the same
   * alerts whenever and however fast it runs.
   */
  readonly clock: Clock
  readonly facilities: Facilities
  /** How expressions run; default `generate`. `closures` where no code may be made. */
  readonly backend?: 'generate' | 'closures'
  /** Takes each overflow after its postoverflows, also those that a whitelist spares (`Overflow.Whitelisted`). */
  readonly onOverflow: (record: EventRecord) => void
  /** Told once of a scenario that threw; it is switched off and the others go on. */
  readonly onFault?: (scenario: string, error: unknown) => void
  /** Watches every parse. For explanations: it costs much. */
  readonly observer?: ParseObserver
  /** Buckets of all scenarios; default 100,000. */
  readonly maxBuckets?: number
  /** Microseconds that never run backwards; turns on the CPU time of scenarios. */
  readonly stopwatch?: () => number
}

/** What became of a line. */
export type LineOutcome = 'unparsed' | 'whitelisted' | 'unmatched' | 'poured'

/** Numbers since the start. */
export interface HubCounters {
  readonly lines: number
  readonly unparsed: number
  readonly whitelisted: number
  readonly poured: number
  readonly overflows: number
  readonly buckets: number
  /** Buckets that gave way to others of their own network. */
  readonly evicted: number
  /** New sources that found no room. */
  readonly refused: number
  readonly disabled: number
}

const defaultMaxBuckets = 100_000
/** Events between two sweeps. */
const sweepEvery = 5_000
/** Overflows that may come of overflows that are poured again. */
const maxReprocessDepth = 4
/** One event in so many is timed scenario by scenario. */
const sampleEvery = 256

/** The hub's rules over lines and events. Synchronous; holds all state in memory. */
export class HubEngine {
  readonly #options: HubEngineOptions
  readonly #rules: HubRules
  readonly #runner: ScenarioRunner
  readonly #stash: Stash
  readonly #textTime = new TextTime()
  readonly #counters = { lines: 0, unparsed: 0, whitelisted: 0, poured: 0, overflows: 0 }
  #clockMs = 0
  #events = 0
  #depth = 0
  // What `select` found: kept apart, because pouring may begin another selection.
  readonly #matched: number[] = []

  constructor(files: RuleFiles, options: HubEngineOptions) {
    this.#options = options
    const stash = new Stash()
    this.#stash = stash
    const facilities: Facilities = { ...options.facilities, stash }
    const factory = createExpressions(facilities, options.backend ?? 'generate')
    const isWatched = options.observer !== undefined
    this.#rules = compileRules(files, { factory, facilities, stash, isWatched })
    const maxBuckets = options.maxBuckets ?? defaultMaxBuckets
    this.#runner = new ScenarioRunner({
      scenarios: this.#rules.scenarios,
      contexts: this.#rules.contexts,
      limits: { maxBuckets, maxPerNetwork: Math.max(1, Math.floor(maxBuckets / 8)) },
      onOverflow: (overflow) => this.#takeOverflow(overflow),
    })
  }

  /** The rules, with what was wrong in their files. */
  get rules(): HubRules {
    return this.#rules
  }

  #nowMs(): number {
    return this.#options.clock === 'log' ? this.#clockMs : momentMs(this.#options.facilities.now())
  }

  /** Takes a line of a source. Never throws. */
  takeLine(line: SourceLine): LineOutcome {
    this.#counters.lines += 1
    const record = recordOfLine(line, this.#options.facilities.now(), this.#options.clock)
    if (this.#parse(record)) return this.#pourParsed(record)
    this.#counters.unparsed += 1
    this.#stash.settle(this.#nowMs())
    return 'unparsed'
  }

  /**
   * Takes an event that needs no grok, such as those of our own layers: `fill` writes what it says, parsers from stage
   * `from` on add to it.
   */
  takeEvent(fill: (record: EventRecord) => void, from: string): LineOutcome {
    this.#counters.lines += 1
    const record = emptyRecord(this.#options.facilities.now(), this.#options.clock)
    fill(record)
    record.Stage = from
    // Events are complete in themselves: that no parser adds anything is no failure.
    if (this.#rules.parsers.stageNames.includes(from)) this.#parse(record)
    return this.#pourParsed(record)
  }

  #parse(record: EventRecord): boolean {
    try {
      return this.#rules.parsers.parse(record, this.#options.observer)
    } catch (error) {
      this.#options.onFault?.('parsers', error)
      return false
    }
  }

  #pourParsed(record: EventRecord): LineOutcome {
    const moment = this.#momentOf(record)
    this.#stash.settle(this.#nowMs())
    if (record.Whitelisted) {
      this.#counters.whitelisted += 1
      return 'whitelisted'
    }
    return this.#pour(record, moment) ? 'poured' : 'unmatched'
  }

  /** The engine's time at a record. In a replay, lines that name no time only pull triggers, at the time of now. */
  #momentOf(record: EventRecord): Moment {
    const now = this.#options.facilities.now()
    if (this.#options.clock === 'live') return { time: now, ms: momentMs(now), isDated: true }
    const time = this.#textTime.read(record)
    if (time === undefined) return { time: now, ms: momentMs(now), isDated: false }
    this.#clockMs = momentMs(time)
    return { time, ms: this.#clockMs, isDated: true }
  }

  #pour(record: EventRecord, moment: Moment): boolean {
    this.#events += 1
    if (moment.isDated) this.#runner.advance(moment.ms)
    if (this.#events % sweepEvery === 0) this.#runner.sweep(this.#nowMs())
    const matched = this.#select(record)
    if (matched.length === 0) return false
    this.#counters.poured += 1
    const { stopwatch } = this.#options
    for (const number of matched) {
      const started = stopwatch === undefined ? 0 : stopwatch()
      this.#guarded(number, () => this.#runner.pour(number, record, moment))
      const scenario = this.#rules.scenarios[number]
      if (stopwatch !== undefined && scenario !== undefined)
        scenario.counters.cpuMicros += stopwatch() - started
    }
    return true
  }

  #select(record: EventRecord): readonly number[] {
    const { filters, scenarios } = this.#rules
    const scope = [record]
    const matched: number[] = this.#depth === 0 ? this.#matched : []
    matched.length = 0
    filters.begin()
    filters.select(
      scope,
      (number) => matched.push(number),
      (number) => {
        const scenario = scenarios[number]
        if (scenario !== undefined) scenario.counters.failed += 1
      },
    )
    if (this.#options.stopwatch !== undefined && this.#events % sampleEvery === 0)
      this.#sample(scope, this.#options.stopwatch)
    return matched
  }

  /** Times the filter of each scenario on one event, for all of the events between two samples. */
  #sample(scope: readonly EventRecord[], stopwatch: () => number): void {
    const { filters, scenarios } = this.#rules
    filters.begin()
    for (const [number, expression] of filters.expressions.entries()) {
      const started = stopwatch()
      try {
        expression.test(scope)
      } catch {
        // Counted where it was selected.
      }
      const scenario = scenarios[number]
      if (scenario !== undefined) scenario.counters.cpuMicros += (stopwatch() - started) * sampleEvery
    }
  }

  #guarded(number: number, run: () => void): void {
    try {
      run()
    } catch (error) {
      const scenario = this.#rules.scenarios[number]
      if (scenario === undefined) throw error
      scenario.isDisabled = true
      this.#options.onFault?.(scenario.spec.name, error)
    }
  }

  #takeOverflow(overflow: OverflowRecord): void {
    this.#counters.overflows += 1
    const record = recordOfOverflow(overflow, overflow.Alert.StopAt, this.#options.clock)
    try {
      this.#rules.postoverflows.parse(record, this.#options.observer)
    } catch (error) {
      this.#options.onFault?.('postoverflows', error)
    }
    this.#options.onOverflow(record)
    if (overflow.Whitelisted || !overflow.Reprocess || this.#depth >= maxReprocessDepth) return
    this.#depth += 1
    this.#pour(record, this.#momentOf(record))
    this.#depth -= 1
  }

  /** Lets time pass without events: windows end, what has leaked out is dropped. */
  tick(): void {
    const now = this.#nowMs()
    this.#runner.advance(now)
    this.#runner.sweep(now)
  }

  /** Lets a key (an address, a user) be judged anew at once. */
  forget(key: string): void {
    this.#runner.forget(key)
  }

  /** The scenarios, with their counters. */
  get scenarios(): readonly CompiledScenario[] {
    return this.#rules.scenarios
  }

  /** Numbers since the start. */
  counters(): HubCounters {
    const { store } = this.#runner
    return {
      ...this.#counters,
      buckets: store.size,
      ...store.counters,
      disabled: this.#rules.scenarios.filter(({ isDisabled }) => isDisabled).length,
    }
  }
}
