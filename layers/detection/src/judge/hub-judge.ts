import { HubEngine } from '@sevenfold/behaviour'
import type {
  AlertRecord,
  EventRecord,
  Facilities,
  HubCounters,
  RuleFiles,
  RuleProblem,
  ScenarioCounters,
} from '@sevenfold/behaviour'
import type { EventBuilder, EventDraft, Mode } from '@sevenfold/event'
import type { NeverBan } from '../authority/never-ban.ts'
import type { AlertDesk } from '../desk/alert-desk.ts'
import type { Signal, SignalOrigin } from '../signals/signal.ts'
import { alertOfHub } from './alert-of-hub.ts'
import { eventStage, fillRecord } from './record-of-signal.ts'

/** What judging by hub rules needs from its surroundings. */
export interface HubJudgeOptions {
  readonly files: RuleFiles
  readonly facilities: Facilities
  readonly desk: AlertDesk
  readonly neverBan: NeverBan
  /** True for sources on an allow-list: what they do is not even counted. */
  readonly isAllowed: (address: string) => boolean
  readonly events: EventBuilder
  /** Queues an event of ours. Never waits, never throws. */
  readonly emit: (draft: EventDraft) => void
  /** Mode of the layer now. */
  readonly mode: () => Mode
  /** Microseconds that never run backwards. */
  readonly stopwatch: () => number
}

/** A log that hub parsers read. */
export interface HubSource {
  readonly file: string
  readonly labels: Map<string, string>
  /** What kind of source it is, as rules know it (`evt.Line.Module`). */
  readonly module: string
  readonly site: string
}

/** One scenario with its numbers, for people. */
export interface ScenarioUse extends ScenarioCounters {
  readonly name: string
  readonly disabled: boolean
}

const techniquePattern = /^attack\.(T\d{4}(?:\.\d{3})?)$/u

function techniquesOf(labels: Readonly<Record<string, unknown>>): readonly string[] {
  const { classification } = labels
  if (!Array.isArray(classification)) return []
  return classification.flatMap((entry) => techniquePattern.exec(String(entry))?.[1] ?? [])
}

/** From lines and events to alerts by rules of the hub. Everything is synchronous. */
export class HubJudge {
  readonly #options: HubJudgeOptions
  readonly #engine: HubEngine
  readonly #labels: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  // Who vouches for what is being poured, and where it happened.
  #reporter: { readonly vouched: SignalOrigin; readonly site: string } = { vouched: 'app-log', site: '' }

  constructor(options: HubJudgeOptions) {
    this.#options = options
    this.#engine = new HubEngine(options.files, {
      clock: 'live',
      facilities: options.facilities,
      stopwatch: options.stopwatch,
      onOverflow: (record) => this.#takeOverflow(record),
      onFault: (scenario, error) => this.#reportFault(scenario, error),
    })
    this.#labels = new Map(this.#engine.scenarios.map(({ spec }) => [spec.name, spec.labels]))
  }

  /** What was wrong in the rule files. */
  get problems(): readonly RuleProblem[] {
    return this.#engine.rules.problems
  }

  /** Takes a line of a log; false when no parser knows it. */
  takeLine(raw: string, { file, labels, module, site }: HubSource): boolean {
    if (this.#options.mode() === 'off') return true
    this.#reporter = { vouched: 'app-log', site }
    return this.#engine.takeLine({ raw, source: file, module, labels }) !== 'unparsed'
  }

  /** Takes what an event of the edge says. */
  takeSignal(signal: Signal): void {
    const address = signal.event.meta['source_ip'] ?? ''
    if (this.#options.mode() === 'off' || this.#options.isAllowed(address)) return
    this.#reporter = { vouched: signal.origin, site: signal.event.meta['site'] ?? '' }
    const time = new Date(signal.event.time).toISOString()
    for (let i = 0; i < signal.times; i += 1)
      this.#engine.takeEvent((record) => fillRecord(record, signal, time), eventStage)
  }

  #takeOverflow({ Overflow }: EventRecord): void {
    if (Overflow === undefined || Overflow.Whitelisted) return
    for (const alert of Overflow.APIAlerts) this.#takeAlert(alert)
  }

  #takeAlert(alert: AlertRecord): void {
    const { desk, neverBan, isAllowed } = this.#options
    const { IP } = alert.Source
    // A line about this machine's own address is about a proxy or a health check: its client is not known.
    if (this.#reporter.vouched === 'app-log' && IP !== '' && neverBan.reasonFor(IP) === 'own-interface')
      return
    if (IP !== '' && isAllowed(IP)) return
    this.#announce(alert)
    desk.take(alertOfHub(alert), { kind: 'engine', ...this.#reporter })
  }

  #announce(alert: AlertRecord): void {
    const { events, emit } = this.#options
    const { Scope, Value, IP } = alert.Source
    const { site } = this.#reporter
    const labels = this.#labels.get(alert.Scenario) ?? {}
    const label = typeof labels['label'] === 'string' ? labels['label'] : alert.Scenario
    emit(
      events.detection({
        rule: { id: alert.Scenario, name: alert.Scenario, description: label },
        message: alert.Message,
        count: alert.EventsCount,
        severity: alert.Remediation ? 60 : 40,
        threat: { framework: 'MITRE ATT&CK', technique: { id: [...techniquesOf(labels)] } },
        ...(IP === '' ? {} : { clientAddress: IP }),
        ...(Scope.toLowerCase() === 'username' ? { userName: Value } : {}),
        ...(site === '' ? {} : { site }),
      }),
    )
  }

  /** Lets time pass. Call it about once a second. */
  tick(): void {
    this.#engine.tick()
  }

  /** Judges a source anew, after its ban was lifted by hand. */
  forget(value: string): void {
    this.#engine.forget(value)
  }

  /** Numbers since the start. */
  counters(): HubCounters {
    return this.#engine.counters()
  }

  /** Scenarios that did something or took time, the costliest first. */
  scenarios(): readonly ScenarioUse[] {
    return this.#engine.scenarios
      .map(({ spec, counters, isDisabled }) => ({ name: spec.name, disabled: isDisabled, ...counters }))
      .toSorted((a, b) => b.cpuMicros - a.cpuMicros)
  }

  #reportFault(scenario: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    this.#options.emit(
      this.#options.events.notice(
        'scenario-disabled',
        `scenario ${scenario} threw and is switched off: ${why}`,
        70,
      ),
    )
  }
}
