import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AlertsConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'
import type { EventDraft, HeartbeatBody, JsonObject } from '@sevenfold/event'
import { openRegistry, writeAtomic } from '@sevenfold/layer'
import type { PartContext, Registry, Timer } from '@sevenfold/layer'
import { SegmentFollower, logStart, openReveal } from '@sevenfold/ledger/segments'
import type { RevealLine, SegmentLine, SegmentPosition } from '@sevenfold/ledger/segments'
import { textAt, valueAt } from './alert/read-event.ts'
import { createLagMetrics } from './follow/lag.ts'
import { MinuteMarks } from './follow/minute-marks.ts'
import { IncidentBook } from './incident/incident-book.ts'
import type { IncidentChange } from './incident/incident-book.ts'
import { LoadBook } from './incident/load-book.ts'
import { IncidentDesk } from './incident/incident-desk.ts'
import { StateKeeper } from './incident/state-keeper.ts'
import type { AlertsState } from './incident/state-file.ts'
import { RuleJudge } from './rules/rule-judge.ts'
import { compileRules, readRuleDocuments } from './rules/rule-set.ts'
import type { RuleDocuments } from './rules/rule-set.ts'
import { ChatterBook } from './silence/chatter-book.ts'
import { quietFindings } from './silence/quiet-findings.ts'
import type { SilenceFinding } from './silence/finding.ts'
import { FindingBook } from './silence/finding-book.ts'
import { findingDraft } from './silence/finding-draft.ts'
import { HouseWatch } from './silence/house-watch.ts'
import { expectedAgents } from './silence/expected-agents.ts'
import { PlannedSilences } from './silence/planned-silences.ts'
import { probeAll } from './silence/probe-parts.ts'
import { FilterStore } from './verdict/filter-store.ts'

/** A compiled configuration of the alerts process. */
export type Context = PartContext<AlertsConfig>

/** How long windows of correlations reach back after a restart, in milliseconds. */
export const warmMs = 3_600_000
const tickMs = 1_000
const saveMs = 60_000
const sweepMs = 300_000

/** The alerts process without its API: follows the ledger, judges, watches for silence, keeps incidents. */
export class AlertsService {
  readonly context: Context
  readonly book: IncidentBook
  readonly load: LoadBook = new LoadBook()
  readonly filters: FilterStore
  readonly planned: PlannedSilences = new PlannedSilences()
  readonly findings: FindingBook = new FindingBook(this.planned)
  readonly house: HouseWatch
  readonly judge: RuleJudge
  readonly #chatter = new ChatterBook()
  readonly #follower: SegmentFollower
  readonly #registry: Registry
  readonly #reveal: RevealLine
  readonly #lag
  readonly #counts
  readonly #desk: IncidentDesk
  readonly #timers = new Set<Timer>()
  readonly #keeper: StateKeeper
  readonly #chatterPath: string
  #documents: RuleDocuments
  #nextIncident = 1
  #warmUntil = 0
  #skipBelow = 0
  readonly #marks = new MinuteMarks(warmMs)
  #lastEventMs = 0
  #isStopped = false
  #keptRuns: unknown
  /** What playbooks keep over a restart; set by them. */
  dumpRuns: () => unknown = () => this.#keptRuns

  /** Reads rules and state. @throws AlertsError ALERTS_RULES. */
  static async open(context: Context): Promise<AlertsService> {
    return new AlertsService(context, await readRuleDocuments(context.config.rules))
  }

  private constructor(context: Context, documents: RuleDocuments) {
    const { config, dataDir, rootDir, metrics } = context
    this.context = context
    this.#keeper = new StateKeeper({
      path: join(dataDir, 'state.json'),
      clock: context.clock,
      log: context.log,
      state: () => this.#state(),
    })
    this.#chatterPath = join(dataDir, 'chatter.ndjson')
    this.book = new IncidentBook({
      mergeWindowMs: config.mergeWindowMs,
      newId: () => `inc-${String(this.#nextIncident++).padStart(4, '0')}`,
    })
    this.filters = new FilterStore(join(dataDir, 'filters'))
    this.house = new HouseWatch(config.silence)
    this.#documents = documents
    this.judge = new RuleJudge(this.#compile())
    this.#registry = openRegistry({
      path: join(rootDir, 'ledger', 'agents.json'),
      onInvalid: (error) => context.log.error('registry-invalid', { error }),
    })
    this.#reveal = openReveal(join(rootDir, 'ledger'), () => context.clock.now())
    this.#lag = createLagMetrics(metrics)
    this.#counts = {
      events: metrics.counter('sevenfold_alerts_events_total', 'Events of the ledger that were judged'),
      unreadable: metrics.counter(
        'sevenfold_alerts_unreadable_total',
        'Lines of the ledger that are no events',
      ),
    }
    this.#desk = new IncidentDesk({
      context,
      book: this.book,
      load: this.load,
      emit: (draft, labels) => this.emit(draft, labels),
      changed: () => this.#keeper.soon(),
    })
    const state = this.#restore()
    this.#follower = new SegmentFollower({
      folder: join(rootDir, 'ledger', 'segments'),
      position: state?.warmFrom ?? logStart,
      onLines: (lines) => this.#takeLines(lines),
      onCaughtUp: () => this.#measureLag(),
      onLost: (oldest) => this.#lost(oldest),
      onDamaged: ({ index }) => this.#tellLoss(index, 'cannot be read'),
      onError: (error) => context.log.error('ledger-unreadable', { error }),
    })
  }

  /** What playbooks kept before the restart. */
  get keptRuns(): unknown {
    return this.#keptRuns
  }

  /** Calls `run` after each change of an incident. */
  onChange(run: (change: IncidentChange) => void): void {
    this.#desk.onChange(run)
  }

  #restore(): AlertsState | undefined {
    const { clock, rootDir } = this.context
    const state = this.#keeper.read()
    if (state === undefined) return undefined
    this.#nextIncident = state.nextIncident
    this.#warmUntil = state.position.index
    this.book.restore(state.book)
    this.load.restore(state.load)
    this.planned.restore(state.planned)
    this.house.restore(state.house, expectedAgents(rootDir, state.house.agents), clock.now())
    this.#keptRuns = state.runs
    try {
      this.#chatter.restore(readFileSync(this.#chatterPath, 'utf8'), clock.now())
    } catch {
      // None yet, or damaged: baselines are learnt again.
    }
    return state
  }

  #compile() {
    const rules = compileRules(this.#documents, this.filters.documents(this.context.clock.now()))
    for (const { source, message } of rules.problems)
      this.context.log.error('rule-refused', { source, message })
    return rules
  }

  /** Compiles again after a change of the filters. */
  recompile(): void {
    this.judge.use(this.#compile())
  }

  /** Reads the rules again. @throws AlertsError ALERTS_RULES; the old ones stay. */
  async reloadRules(folders: readonly string[]): Promise<void> {
    this.#documents = await readRuleDocuments(folders)
    this.recompile()
  }

  /** Folder of the ledger's segments. */
  get segments(): string {
    return join(this.context.rootDir, 'ledger', 'segments')
  }

  /** Documents of rules as they were read. */
  get documents(): RuleDocuments {
    return this.#documents
  }

  /** Begins to follow, to probe and to watch. Waits for nothing: what is not read yet is a lag. */
  start(): void {
    void this.#follower.start() // errors go to onError
    const { probeIntervalMs } = this.context.config.silence
    this.#every(tickMs, () => this.#tick())
    this.#every(probeIntervalMs, () => void this.#probeAll())
    this.#every(saveMs, () => void this.save())
    this.#every(sweepMs, () => this.#sweep())
    void this.#probeAll()
  }

  #every(ms: number, run: () => void): void {
    const plan = (): void => {
      const timer = this.context.clock.after(ms, () => {
        this.#timers.delete(timer)
        if (this.#isStopped) return
        try {
          run()
        } catch (error) {
          this.context.log.error('alerts-tick-failed', { error })
        }
        plan()
      })
      this.#timers.add(timer)
    }
    plan()
  }

  #takeLines(lines: readonly SegmentLine[]): void {
    for (const line of lines) {
      try {
        this.#takeLine(line)
      } catch (error) {
        // One line that trips us must not keep the others from being judged.
        this.context.log.error('line-not-judged', { error, entry: line.index })
      }
    }
  }

  #takeLine({ bytes, segment, offset, index }: SegmentLine): void {
    if (index < this.#skipBelow) return
    let event: unknown
    try {
      event = JSON.parse(
        this.#reveal(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')),
      )
    } catch {
      event = undefined // the ledger's verification names it
    }
    if (!isJsonObject(event)) {
      this.#counts.unreadable.inc()
      return
    }
    const timeMs = Date.parse(textAt(event, '@timestamp'))
    if (Number.isNaN(timeMs)) return
    this.#marks.take(timeMs, { segment, offset, index })
    if (index < this.#warmUntil) {
      this.judge.warm({ event, timeMs })
      return
    }
    this.#counts.events.inc()
    this.#lastEventMs = timeMs
    this.#keeper.touch()
    this.#observe(event, timeMs)
    if (isOwnEcho(event)) return
    this.#desk.take(this.judge.judge({ event, timeMs, index }))
  }

  #observe(event: JsonObject, timeMs: number): void {
    const agent = textAt(event, 'agent', 'id')
    const sequence = valueAt(event, 'event', 'sequence')
    if (agent === '' || typeof sequence !== 'number') return
    const lane = textAt(event, 'sevenfold', 'lane')
    this.house.arrivals.take(agent, textAt(event, 'agent', 'ephemeral_id'), lane, sequence)
    const kind = textAt(event, 'sevenfold', 'kind')
    const verdict = textAt(event, 'sevenfold', 'judgement', 'verdict')
    if (kind === 'block' && verdict !== 'pass') this.house.refusal(agent, repeatsOf(event))
    if (kind === 'heartbeat') {
      const beat = valueAt(event, 'sevenfold', 'heartbeat')
      if (!isJsonObject(beat)) return
      const nowMs = this.context.clock.now()
      // Read late, a beat counts for when it was written.
      const beatMs = this.#follower.isCaughtUp ? nowMs : Math.min(timeMs, nowMs)
      // The ledger checked the form and the signature of its writer before it took the event.
      this.house.beat(beat as unknown as HeartbeatBody, 'ledger', beatMs)
    } else this.#chatter.take(agent, timeMs)
  }

  /** Writes an event of our own with labels. */
  emit(draft: EventDraft, labels: Readonly<Record<string, string>>): void {
    this.context.emit({ ...draft, labels: { ...draft.labels, ...labels } })
  }

  #tick(): void {
    const nowMs = this.context.clock.now()
    this.#readCheckpoint(nowMs)
    const isBehind = !this.#follower.isCaughtUp
    const quiet = quietFindings(this.#chatter.tick(nowMs), nowMs)
    const found = this.house.findings(nowMs, isBehind).filter((finding) => this.#isMissed(finding))
    this.#takeFindings([...found, ...quiet, ...this.#stillQuiet(quiet)], nowMs)
    if (!isBehind) this.#desk.take(this.judge.advance(nowMs))
    this.#measureLag()
  }

  /** A part that the supervisor does not run any more is not missed. */
  #isMissed({ kind, agent }: SilenceFinding): boolean {
    if (kind !== 'dark' || agent?.endsWith('/main') !== true) return true
    if (expectedAgents(this.context.rootDir, [agent]).length > 0) return true
    this.house.forget(agent)
    return false
  }

  /** Minutes end once a minute; in between whoever was quiet still is. */
  #stillQuiet(now: readonly SilenceFinding[]): readonly SilenceFinding[] {
    return now.length > 0 ? [] : this.findings.active().filter(({ kind }) => kind === 'chatter')
  }

  #takeFindings(found: readonly SilenceFinding[], nowMs: number): void {
    const { raised, ended } = this.findings.update(found, nowMs)
    for (const finding of raised) {
      const draft = findingDraft(this.context.events, finding, 'raised')
      this.context.emit(draft)
      this.context.log.warn('silence', { kind: finding.kind, part: finding.part, message: finding.message })
      // Judged here as well: when nothing reaches the ledger, this is the only way to an incident.
      const event = draft as unknown as JsonObject
      this.#desk.take(this.judge.judge({ event, timeMs: nowMs }))
    }
    for (const finding of ended) this.context.emit(findingDraft(this.context.events, finding, 'ended'))
  }

  #readCheckpoint(nowMs: number): void {
    let note: string
    try {
      note = readFileSync(join(this.context.rootDir, 'ledger', 'checkpoint'), 'utf8')
    } catch {
      return // none yet
    }
    if (!this.house.takeCheckpoint(note, { nowMs })) return
    const shown = Number(note.split('\n', 2)[1])
    // What the shorter history holds was judged already; what comes after it is new.
    this.#skipBelow = shown
    this.#warmUntil = 0
    void this.#follower.seek(logStart)
  }

  #lost(oldest: SegmentPosition): SegmentPosition {
    const { position } = this.#follower
    this.context.log.warn('ledger-place-lost', { position: position.index, oldest: oldest.index })
    if (oldest.index > position.index) return oldest // retention went past us
    this.#tellLoss(position.index)
    // Whoever cut the file must not make us blind to what comes after: everything that is there now is looked at.
    this.#skipBelow = 0
    return oldest
  }

  /** The file that we were reading is gone or shorter, and retention did not do it. Judged here: the ledger may be blind. */
  #tellLoss(index: number, what = 'is gone or shorter, without retention'): void {
    const { events } = this.context
    const message = `the segment with entry ${index} ${what}`
    const draft = { ...events.notice('ledger-segments-lost', message, 90), labels: { part: 'ledger' } }
    this.context.emit(draft)
    this.#desk.take(
      this.judge.judge({ event: draft as unknown as JsonObject, timeMs: this.context.clock.now() }),
    )
  }

  async #probeAll(): Promise<void> {
    await probeAll(this.context.rootDir, this.#registry, (body) => {
      if (!this.#isStopped) this.house.beat(body, 'probe', this.context.clock.now())
    })
  }

  #measureLag(): void {
    const seen = this.house.dump().checkpoint?.size ?? 0
    const nowMs = this.context.clock.now()
    const entries = Math.max(0, seen - this.#follower.position.index)
    this.#lag.set(
      entries,
      entries === 0 || this.#lastEventMs === 0 ? 0 : Math.max(0, (nowMs - this.#lastEventMs) / 1000),
    )
  }

  /** Entries judged, and entries that the newest checkpoint names. */
  progress(): { readonly position: number; readonly ledger: number; readonly caughtUp: boolean } {
    const ledger = this.house.dump().checkpoint?.size ?? 0
    return { position: this.#follower.position.index, ledger, caughtUp: this.#follower.isCaughtUp }
  }

  /** Size and root of the newest checkpoint seen. */
  head(): { readonly ledger: number; readonly root: string } {
    const checkpoint = this.house.dump().checkpoint
    return { ledger: checkpoint?.size ?? 0, root: checkpoint?.root ?? '' }
  }

  /** Why the backbone does not work; undefined when it does. `stalestMs` is how old the newest event may be. */
  trouble(stalestMs: number): string | undefined {
    const silent = this.findings.active().find(({ kind, part }) => kind === 'dark' || part === 'ledger')
    if (silent !== undefined) return silent.message
    if (this.#lastEventMs === 0) return 'nothing was read from the ledger yet'
    const ageMs = this.context.clock.now() - this.#lastEventMs
    return ageMs > stalestMs ? `the newest event is ${Math.round(ageMs / 1000)} s old` : undefined
  }

  #sweep(): void {
    const nowMs = this.context.clock.now()
    this.book.sweep(nowMs, this.context.config.retentionMs)
    if (this.filters.expire(nowMs)) this.recompile()
    this.planned.list(nowMs)
    writeAtomic(this.#chatterPath, this.#chatter.dump())
  }

  /** Writes the state soon; several changes at once are written together. */
  saveSoon(): void {
    this.#keeper.soon()
  }

  /** Writes the state when something changed. A full disk is logged; the next time tries again. Never rejects. */
  async save(): Promise<void> {
    await this.#keeper.save()
  }

  #state(): AlertsState {
    const { position } = this.#follower
    return {
      v: 1,
      position,
      warmFrom: this.#marks.oldest ?? position,
      nextIncident: this.#nextIncident,
      book: this.book.dump(),
      load: this.load.dump(),
      house: this.house.dump(),
      planned: this.planned.list(this.context.clock.now()),
      runs: this.dumpRuns(),
    }
  }

  /** Ends after the lines under way and keeps everything. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#timers) timer.cancel()
    await this.#follower.close()
    await this.#keeper.stop()
    writeAtomic(this.#chatterPath, this.#chatter.dump())
  }
}

/** How many acts an event stands for. */
function repeatsOf(event: JsonObject): number {
  const count = valueAt(event, 'sevenfold', 'repeat', 'count')
  return typeof count === 'number' && count > 0 ? count : 1
}

/** Events that we wrote of what we judged: they were judged when they were made. */
function isOwnEcho(event: JsonObject): boolean {
  if (textAt(event, 'sevenfold', 'layer') !== 'alerts') return false
  const kind = textAt(event, 'sevenfold', 'kind')
  return (
    kind === 'detection' || (kind === 'notice' && textAt(event, 'event', 'action').startsWith('silence-'))
  )
}
