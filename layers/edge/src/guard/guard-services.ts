import { randomInt } from 'node:crypto'
import type { EdgeConfig } from '@sevenfold/config'
import type { Finding } from '@sevenfold/event'
import { AgentClasses } from '../bots/agent-class.ts'
import { CspCollector } from '../headers/csp-collector.ts'
import { CountMin } from '../rate/count-min.ts'
import { GcraTable } from '../rate/gcra-table.ts'
import { HeavyHitters } from '../rate/heavy-hitters.ts'
import { PrimaryCounters } from '../rate/primary-counters.ts'
import { RateKeys } from '../rate/rate-key.ts'
import type { RateShared } from '../rate/rate-limiter.ts'
import type { GuardQuestion, GuardTold, RateUpdate } from '../rate/rate-message.ts'
import { payer } from '../pipeline/inspection-pace.ts'
import type { InspectionQueue } from '../pipeline/inspection-queue.ts'
import { LoadGauge, lookMs } from '../shed/load-gauge.ts'
import { Reputation } from '../shed/reputation.ts'
import { WaitingRoom } from '../shed/waiting-room.ts'

/** Slots of the table of counters: 500,000 of them in use fill it by half. */
export const rateSlots = 1_048_576
/** How often counters are told to the other workers, milliseconds. */
export const exchangeMs = 100
const fadeMs = 10_000
const hittersMs = 60_000
/** A client that makes more than this share of all requests of a minute, and this many, is named in an event. */
export const heavyShare = 0.5
const heavyCount = 3000

/** What the steps of a worker need from it. */
export interface GuardServicesOptions {
  readonly config: Pick<EdgeConfig, 'workers'> & Partial<Pick<EdgeConfig, 'shedding'>>
  /** At least 16 bytes, the same in all workers. */
  readonly secret: Uint8Array
  readonly monotonicMs: () => number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** To the primary; null: there is none. */
  readonly send: ((message: RateUpdate | GuardQuestion) => void) | null
  readonly notice: (action: string, message: string) => void
  readonly finding: (site: string, finding: Finding) => void
  /** Whose work the worker does; without it nobody is told apart. */
  readonly inspections?: Pick<InspectionQueue, 'heldBack' | 'spares'>
}

/** What all sites of one worker share: counters, sketches, the gauge of its load. */
export class GuardServices {
  readonly options: GuardServicesOptions
  readonly shared: RateShared
  readonly keys: RateKeys
  readonly classes: AgentClasses = new AgentClasses()
  readonly gauge: LoadGauge
  readonly reputation: Reputation = new Reputation()
  readonly room: WaitingRoom
  readonly collector: CspCollector
  /** Requests by address of the last seconds. */
  readonly recent: CountMin = new CountMin(32_768)
  readonly hitters: HeavyHitters = new HeavyHitters(64)
  /** Requests that were turned away since the last notice. */
  turnedAway = 0
  private readonly table: GcraTable
  private readonly primary: PrimaryCounters | null
  private readonly timers: NodeJS.Timeout[] = []
  private noticedAt = Number.NEGATIVE_INFINITY
  private loop = performance.eventLoopUtilization()

  constructor(options: GuardServicesOptions) {
    const { config, secret, monotonicMs, send } = options
    this.options = options
    this.keys = new RateKeys(secret)
    this.table = new GcraTable(rateSlots, send !== null && config.workers > 1)
    this.primary = send === null ? null : new PrimaryCounters(send, monotonicMs)
    this.shared = { table: this.table, keys: this.keys, exact: this.primary, monotonicMs }
    const { delayMs = 60, inFlight = 2000 } = config.shedding ?? {}
    this.gauge = new LoadGauge({ delayMs, inFlight }, () => randomInt(1_000_000) / 1_000_000)
    this.room = new WaitingRoom(monotonicMs)
    this.collector = new CspCollector({ report: options.finding, monotonicMs })
  }

  /** Starts the timers; `stop` ends them. */
  start(): void {
    this.timers.push(
      setInterval(() => this.look(), lookMs),
      setInterval(() => this.exchange(), exchangeMs),
      setInterval(() => this.recent.decay(), fadeMs),
      setInterval(() => this.nameHeavy(), hittersMs),
    )
    for (const timer of this.timers) timer.unref()
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer)
    this.room.empty()
  }

  /**
   * Whether a client is to be turned away because the worker is overloaded. While most of its work is made by clients
   * whose requests are the heavy ones, these go first, and the others stay.
   */
  turnsAway(address: string): boolean {
    return this.gauge.turnsAway() && this.options.inspections?.spares(payer(address)) !== true
  }

  /** Takes what the primary says. */
  take(message: RateUpdate | GuardTold): void {
    if (message.type === 'rates') this.table.apply(message, this.options.monotonicMs())
    else this.primary?.take(message)
  }

  /** Tells the others what was counted here; called every `exchangeMs`. */
  exchange(): void {
    const changes = this.options.send === null ? null : this.table.takeChanges()
    if (changes !== null) this.options.send?.({ type: 'rates', ...changes })
  }

  private look(): void {
    const now = this.options.monotonicMs()
    const loop = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(loop, this.loop)
    this.loop = loop
    this.gauge.look(now, {
      idle: 1 - utilization,
      heldBack: this.options.inspections?.heldBack ?? 0,
    })
    this.room.sweep()
    this.primary?.sweep()
    if (this.turnedAway === 0 || now - this.noticedAt < hittersMs) return
    this.noticedAt = now
    this.options.notice(
      'load-shedding',
      `overloaded: ${this.turnedAway} requests of unknown clients were turned away`,
    )
    this.turnedAway = 0
  }

  /** Names the client that makes most of the requests, when it makes that many; called once a minute. */
  nameHeavy(): void {
    const [first] = this.hitters.top(1)
    const { total } = this.hitters
    if (first !== undefined && first.count - first.error > Math.max(heavyCount, total * heavyShare)) {
      const share = Math.round((first.count / total) * 100)
      this.options.notice('heavy-hitter', `${first.name} makes ${share} % of ${total} requests`)
    }
    this.hitters.decay()
  }
}
