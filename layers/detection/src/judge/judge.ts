import { BehaviourEngine, metaOf } from '@sevenfold/behaviour'
import type { LeakyScenario, Overflow } from '@sevenfold/behaviour'
import type { EventBuilder, EventDraft, Mode, SevenfoldEvent } from '@sevenfold/event'
import type { NeverBan } from '../authority/never-ban.ts'
import type { SiteShares } from '../authority/site-shares.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import type { AlertDesk, DeskCounters } from '../desk/alert-desk.ts'
import { shownValue } from '../decisions/stored-decision.ts'
import { TraceBook } from '../signals/trace-book.ts'
import type { Signal } from '../signals/signal.ts'
import { signalOfAgentEvent, signalOfEvent } from '../signals/signal-of-event.ts'
import { signalOfLine } from '../signals/signal-of-line.ts'
import type { LineContext } from '../signals/signal-of-line.ts'
import { alertOfOverflow } from './alert-of-overflow.ts'

/** What judging needs from its surroundings. */
export interface JudgeOptions {
  readonly scenarios: readonly LeakyScenario[]
  readonly store: DecisionStore
  /** Takes the alerts and decides. */
  readonly desk: AlertDesk
  readonly shares: SiteShares
  readonly neverBan: NeverBan
  /** True for sources on an allow-list: what they do is not even counted. */
  readonly isAllowed: (address: string) => boolean
  readonly events: EventBuilder
  /** Queues an event of ours. Never waits, never throws. */
  readonly emit: (draft: EventDraft) => void
  /** Mode of the layer now. */
  readonly mode: () => Mode
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds that never run backwards: what buckets leak by. */
  readonly monotonicMs: () => number
  /** Hub rules that judge what the edge sees as well. */
  readonly hub?: SignalTaker
}

/** Somebody else who judges what the edge sees. */
export interface SignalTaker {
  takeSignal(signal: Signal): void
  forget(value: string): void
}

/** Counters of a judge since it was made. */
export interface JudgeCounters extends DeskCounters {
  readonly signals: number
  readonly overflows: number
}

/** From what happened to alerts. Everything is synchronous: an event is judged when it arrives. */
export class Judge {
  readonly #options: JudgeOptions
  readonly #engine: BehaviourEngine
  readonly #book = new TraceBook()
  readonly #counters = { signals: 0, overflows: 0 }

  constructor(options: JudgeOptions) {
    this.#options = options
    this.#engine = new BehaviourEngine({
      scenarios: options.scenarios,
      clock: 'live',
      onFault: (scenario, error) => this.#reportFault(scenario, error),
    })
  }

  /** Takes an event that the edge wrote: only the edge vouches for addresses. */
  takeEdgeEvent(event: SevenfoldEvent): void {
    const signal = signalOfEvent(event)
    if (signal === undefined || this.#options.mode() === 'off') return
    const waited = this.#book.confirm(signal, this.#options.monotonicMs())
    this.#pour(signal)
    for (const line of waited) this.#pour(line)
  }

  /** Takes an event of an agent in an application: what it says acts on users and sessions, never on addresses. */
  takeAgentEvent(event: SevenfoldEvent): void {
    const signal = signalOfAgentEvent(event)
    if (signal !== undefined && this.#options.mode() !== 'off') this.#pour(signal)
  }

  /** Takes a line of an application's own log; false when it has another form. */
  takeLine(line: string, context: LineContext): boolean {
    const signal = signalOfLine(line, context)
    if (signal === undefined) return false
    if (this.#options.mode() === 'off') return true
    for (const ready of this.#book.take(signal, this.#options.monotonicMs())) this.#pour(ready)
    return true
  }

  /** Judges lines that waited in vain for the edge. Call it about once a second. */
  tick(): void {
    for (const line of this.#book.expire(this.#options.monotonicMs())) this.#pour(line)
  }

  /** Drops buckets that have leaked out. */
  collect(): void {
    this.#engine.collect(this.#options.monotonicMs())
  }

  /** Judges a source anew, after its ban was lifted by hand. */
  forget(value: string): void {
    this.#engine.forget(value)
    this.#options.hub?.forget(value)
  }

  /** Counters since the start. */
  counters(): JudgeCounters & {
    readonly buckets: number
    readonly evicted: number
    readonly refused: number
  } {
    const { evicted, refused } = this.#engine.counters()
    return {
      ...this.#options.desk.counters(),
      ...this.#counters,
      buckets: this.#engine.buckets,
      evicted,
      refused,
    }
  }

  #pour(signal: Signal): void {
    const { neverBan, shares, isAllowed, now } = this.#options
    this.#counters.signals += 1
    const address = metaOf(signal.event, 'source_ip')
    // A line about this machine's own address is about the edge or a health check: its client is not known.
    if (signal.origin === 'app-log' && neverBan.reasonFor(address) === 'own-interface') return
    if (address !== '' && isAllowed(address)) return
    if (metaOf(signal.event, 'log_type') === 'http_access-log')
      shares.note(metaOf(signal.event, 'site'), address, now())
    if (this.#isAnswerToBanned(signal, address)) return
    if (signal.origin === 'edge') this.#options.hub?.takeSignal(signal)
    for (let i = 0; i < signal.times; i += 1) {
      for (const overflow of this.#engine.pour(signal.event, this.#options.monotonicMs())) {
        this.#takeOverflow(overflow, signal)
      }
    }
  }

  /**
   * The edge reports each answer, also those with which it enforces a ban. They must not feed the ban: a page that
   * reloads itself would be banned for ever.
   */
  #isAnswerToBanned(signal: Signal, address: string): boolean {
    if (signal.origin !== 'edge' || metaOf(signal.event, 'log_type') !== 'http_access-log') return false
    return this.#options.store.longest({ type: 'ban', scope: 'ip', value: address })?.simulated === false
  }

  #takeOverflow(overflow: Overflow, signal: Signal): void {
    this.#counters.overflows += 1
    const { scenario, value, count } = overflow
    const { events, emit, desk, now } = this.#options
    const seconds = ((overflow.lastMs - overflow.firstMs) / 1000).toFixed(1)
    const site = metaOf(overflow.event, 'site')
    emit(
      events.detection({
        rule: { id: scenario.name, name: scenario.name, description: scenario.description },
        message: `${scenario.scope} ${shownValue(scenario.scope, value)} performed ${scenario.name} (${count} events over ${seconds} s)`,
        count,
        severity: scenario.labels.remediation ? 60 : 40,
        threat: { framework: 'MITRE ATT&CK', technique: { id: scenario.labels.techniques } },
        ...(scenario.scope === 'ip' ? { clientAddress: value } : {}),
        ...(scenario.scope === 'username' ? { userName: value } : {}),
        ...(site === '' ? {} : { site }),
        ...(signal.trace === '' ? {} : { traceId: signal.trace }),
      }),
    )
    desk.take(alertOfOverflow(overflow, now()), { kind: 'engine', vouched: signal.origin, site })
  }

  #notice(action: string, message: string, severity = 30): void {
    this.#options.emit(this.#options.events.notice(action, message, severity))
  }

  #reportFault(scenario: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    this.#notice('scenario-disabled', `scenario ${scenario} threw and is switched off: ${why}`, 70)
  }
}
