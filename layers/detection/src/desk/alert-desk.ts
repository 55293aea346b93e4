import type { Decision, EventBuilder, EventDraft, Mode } from '@sevenfold/event'
import type { AlertStore } from '../alerts/alert-store.ts'
import type { Alert, StoredAlert } from '../alerts/alert.ts'
import type { NeverBan } from '../authority/never-ban.ts'
import type { SiteShares } from '../authority/site-shares.ts'
import { canonicalValue } from '../decisions/canonical-value.ts'
import type { DecisionStore, DecisionWish } from '../decisions/decision-store.ts'
import { maxDurationMs, parseGoDuration } from '../decisions/go-duration.ts'
import { parseScope, shownValue, toDecision } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import type { Profiles } from '../profiles/profile.ts'
import { BlastRadius } from './blast-radius.ts'
import type { DecisionGate } from './decision-gate.ts'
import type { HeldBan, HeldBans, HoldCause } from './held-bans.ts'
import { LogBudget } from './log-budget.ts'
import type { Escalation, Offenders } from './offenders.ts'
import { reporterName } from './reporter.ts'
import type { Reporter } from './reporter.ts'
import { Reminder } from './reminder.ts'

/** What the desk works with. */
export interface AlertDeskOptions {
  readonly store: DecisionStore
  readonly alerts: AlertStore
  readonly gate: DecisionGate
  readonly neverBan: NeverBan
  readonly shares: SiteShares
  readonly profiles: Profiles
  readonly offenders: Offenders
  /** Bans that a limit holds back, until somebody decides about them. */
  readonly held: HeldBans
  readonly escalation: Escalation
  /** True for scenarios that are only tried out: their decisions are recorded and given to nobody. */
  readonly isSimulated: (scenario: string) => boolean
  readonly events: EventBuilder
  /** Queues an event of ours. Never waits, never throws. */
  readonly emit: (draft: EventDraft) => void
  /** Mode of the layer now. */
  readonly mode: () => Mode
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** For decisions that name no duration. */
  readonly banDurationMs: number
  /** Makes the limit of one reporter; for tests. */
  readonly newBlastRadius?: () => BlastRadius
}

/** Counters since the start. */
export interface DeskCounters {
  readonly alerts: number
  readonly bans: number
  /** Decisions about addresses that are never banned. */
  readonly spared: number
  /** Alerts about addresses on an allow-list. */
  readonly allowed: number
  /** Decisions that a flood of them held back. */
  readonly held: number
  /** Decisions that their reporter has no say about. */
  readonly unauthorised: number
}

interface Wish {
  readonly wish: DecisionWish
  readonly escalates: boolean
}

const maxReporters = 1_000

/** From alerts to decisions, whoever reports them: allow-lists, profiles, escalation, authority, never-ban, blast radius. */
export class AlertDesk {
  readonly #options: AlertDeskOptions
  readonly #radii = new Map<string, BlastRadius>()
  readonly #logs = new LogBudget()
  readonly #reminder: Reminder
  readonly #counters = { alerts: 0, bans: 0, spared: 0, allowed: 0, held: 0, unauthorised: 0 }

  constructor(options: AlertDeskOptions) {
    this.#options = options
    this.#reminder = new Reminder(options.now)
  }

  counters(): DeskCounters {
    return { ...this.#counters }
  }

  /** Takes an alert; undefined when its source is on an allow-list: then it is as if nothing had happened. */
  take(alert: Alert, reporter: Reporter): StoredAlert | undefined {
    const { alerts, isSimulated, mode, gate } = this.#options
    const address = alert.source.ip ?? alert.source.value
    if (reporter.kind !== 'local' && gate.spared(address)?.by === 'allow-list') {
      this.#counters.allowed += 1
      return undefined
    }
    this.#counters.alerts += 1
    const simulated =
      alert.simulated || isSimulated(alert.scenario) || (reporter.kind !== 'local' && mode() !== 'enforce')
    const alertId = alerts.nextId
    const made = this.#wishesOf(alert, reporter).flatMap(({ wish, escalates }) =>
      this.#decide({ ...wish, alertId, simulated: wish.simulated || simulated }, reporter, escalates),
    )
    const machine = reporter.kind === 'machine' ? reporter.name : ''
    return alerts.add({ ...alert, simulated }, { machine, decisionIds: made.map(({ id }) => id) })
  }

  #wishesOf(alert: Alert, reporter: Reporter): Wish[] {
    const machine = reporter.kind === 'machine' ? { machine: reporter.name } : {}
    if (alert.decisions.length > 0)
      return alert.decisions.flatMap((asked) => {
        const durationMs =
          asked.duration === '' ? this.#options.banDurationMs : parseGoDuration(asked.duration)
        const { type, origin, scenario, simulated = false } = asked
        const base = {
          type,
          origin: origin === '' ? 'crowdsec' : origin,
          scenario: scenario || alert.scenario,
          simulated,
          ...machine,
        }
        return this.#wish(asked, durationMs, base).map((wish) => ({ wish, escalates: false }))
      })
    const outcome = this.#options.profiles.decide(alert)
    for (const error of outcome.errors) this.#notice('profile-failed', error, { severity: 60, about: error })
    return outcome.decisions.flatMap((decision) => {
      const { type, origin, simulated, escalates } = decision
      const base = { type, origin, scenario: alert.scenario, simulated, ...machine }
      const place = { scope: decision.scope, value: decision.value }
      return this.#wish(place, decision.durationMs, base).map((wish) => ({ wish, escalates }))
    })
  }

  /** A wish in canonical form; none for scopes that we know no enforcement for, and for what is over already. */
  #wish(
    place: { scope: string; value: string },
    durationMs: number | undefined,
    base: Omit<DecisionWish, 'scope' | 'value' | 'untilMs'>,
  ): DecisionWish[] {
    const scope = parseScope(place.scope)
    const value = scope === undefined ? undefined : canonicalValue(scope, place.value)
    if (scope === undefined || value === undefined || durationMs === undefined || durationMs < 1) return []
    return [{ ...base, scope, value, untilMs: this.#options.now() + durationMs }]
  }

  #decide(asked: DecisionWish, reporter: Reporter, escalates: boolean): readonly StoredDecision[] {
    if (!this.#mayDecide(asked, reporter) || this.#isShared(asked, reporter)) return []
    const admission = this.#options.gate.admit(asked, { byHand: reporter.kind === 'local' })
    if (admission.kind === 'refused') {
      this.#counters.spared += 1
      const message = `${asked.value} is not banned for ${asked.scenario}: ${admission.reason}`
      this.#notice(admission.by === 'never-ban' ? 'never-banned' : 'allow-listed', message, {
        about: asked.value,
      })
      return []
    }
    // Compared before it is lengthened: else each further overflow of one attack would double the ban.
    const news = admission.wishes.filter((wish) => this.#isNews(wish, reporter))
    if (news.length === 0) return []
    const cause = this.#limitOf(reporter)
    if (cause !== undefined) {
      this.#hold(this.#escalated([asked], asked, escalates), { reporter: reporterName(reporter), cause })
      return []
    }
    const wanted = this.#escalated(news, asked, escalates)
    this.#options.offenders.note(asked.value, this.#options.now())
    return this.#make(wanted, reporter)
  }

  #make(wanted: readonly DecisionWish[], reporter: Reporter): readonly StoredDecision[] {
    const made = this.#options.store.addAll(wanted)
    this.#counters.bans += made.length
    for (const decision of made) {
      if (isWeak(reporter)) this.#logs.note(reporterName(reporter), decision.id, this.#options.now())
      this.announce(decision)
    }
    return made
  }

  #escalated(
    wishes: readonly DecisionWish[],
    asked: DecisionWish,
    escalates: boolean,
  ): readonly DecisionWish[] {
    const { offenders, escalation, now } = this.#options
    if (!escalates) return wishes
    const baseMs = asked.untilMs - now()
    const durationMs = offenders.durationMs(asked.value, baseMs, { ...escalation, nowMs: now() })
    const untilMs = now() + Math.min(durationMs, maxDurationMs)
    return wishes.map((wish) => ({ ...wish, untilMs }))
  }

  /** A second scenario of the same attack needs no second ban; somebody's own act always counts. */
  #isNews(wish: DecisionWish, reporter: Reporter): boolean {
    if (reporter.kind === 'local') return true
    const known = this.#options.store.longest(wish)
    const now = this.#options.now()
    return (
      known === undefined ||
      known.simulated !== wish.simulated ||
      known.untilMs - now <= (wish.untilMs - now) / 2
    )
  }

  #mayDecide(wish: DecisionWish, reporter: Reporter): boolean {
    if (reporter.kind === 'local' || (reporter.kind === 'machine' && reporter.trusted)) return true
    if (reporter.kind === 'engine' && reporter.vouched !== 'agent') return true
    // An allowance is no answer to an attack; a user or a session is what such a machine knows itself.
    if ((wish.scope === 'username' || wish.scope === 'session') && wish.type !== 'allow') return true
    this.#counters.unauthorised += 1
    const name = reporterName(reporter)
    const remedy =
      reporter.kind === 'machine' ? `; if it was, let it with: sevenfold machines trust ${reporter.name}` : ''
    this.#notice(
      'authority-exceeded',
      `${name} asked for ${wish.type} of ${wish.scope} ${wish.value}, which it has no say about: nothing was decided. If that host was not set up to do so, it may be taken over${remedy}`,
      { severity: 85, about: name },
    )
    return false
  }

  #isShared(wish: DecisionWish, reporter: Reporter): boolean {
    if (wish.scope !== 'ip' || reporter.kind === 'local') return false
    const { shares, neverBan, now } = this.#options
    const site = shares.sharedAt(wish.value, now())
    if (site === undefined) return false
    neverBan.protect(wish.value, 'shared-address')
    this.#counters.spared += 1
    this.#notice(
      'client-addresses-lost',
      `${wish.value} carries more than a fifth of the requests of site ${site}: it is a gateway or a proxy, the addresses of the clients behind it are lost, and a ban would lock all of them out. Not banned. Mend it: name it in sites[].trustedProxies when it writes X-Forwarded-For, let it speak the PROXY protocol, or publish the port without address translation (host network, externalTrafficPolicy: Local)`,
      { severity: 75, about: wish.value },
    )
    return true
  }

  /** Why a further ban of a reporter is held; undefined when it may be made. */
  #limitOf(reporter: Reporter): HoldCause | undefined {
    if (reporter.kind === 'local') return undefined
    const nowMs = this.#options.now()
    const name = reporterName(reporter)
    if (isWeak(reporter) && !this.#isLogBelieved(name, nowMs)) return 'log-not-believed'
    let radius = this.#radii.get(name)
    if (radius === undefined) {
      radius = this.#options.newBlastRadius?.() ?? new BlastRadius()
      if (this.#radii.size >= maxReporters) this.#radii.clear()
      this.#radii.set(name, radius)
    }
    const admitted = radius.admit(nowMs)
    if (admitted === 'go') return undefined
    if (admitted === 'first-held')
      this.#notice(
        'bans-held',
        `more new bans by ${name} than the limit within a minute: further ones are held for somebody to decide, look at the scenarios and their sources with: sevenfold decisions held`,
        { severity: 80, about: `${name} ${nowMs}` },
      )
    return 'flood'
  }

  #hold(wishes: readonly DecisionWish[], by: { reporter: string; cause: HoldCause }): void {
    for (const wish of wishes) {
      this.#counters.held += 1
      // Of a log that is not believed one event tells; what more of its wishes there is no room for is no loss.
      if (this.#options.held.hold(wish, by) !== 'full' || by.cause !== 'flood') continue
      this.#notice(
        'held-bans-full',
        `so many bans are held that further ones of ${by.reporter} are not kept: release or drop some with sevenfold decisions release and drop`,
        { severity: 80, about: by.reporter },
      )
    }
  }

  #isLogBelieved(name: string, nowMs: number): boolean {
    const verdict = this.#logs.ask(name, nowMs)
    if (verdict.kind === 'go') return true
    if (verdict.kind === 'closed') return false
    const { store, offenders } = this.#options
    const taken = store.removeAll(verdict.takeBack, 'forged log')
    for (const decision of taken) {
      offenders.forgive(decision.value)
      this.announceEnd(decision, `taken back: the ${name} named too many addresses at once`)
      const { id: _id, uuid: _uuid, ...wish } = decision
      this.#hold([wish], { reporter: name, cause: 'log-not-believed' })
    }
    this.#notice(
      'log-not-believed',
      `the ${name} alone asked for more than ${taken.length} bans within a minute, without the edge having seen these clients: all of them are taken back and held, and the log bans nobody for ten minutes. The host that writes it may be taken over; sevenfold decisions held shows what it asked for`,
      { severity: 85, about: name },
    )
    return false
  }

  /**
   * Makes a ban that was held, on somebody's word. It passes the gate again: what is allowed or never banned by now stays
   * so. Returns the decisions, none where the ban is in force already; or why nothing can be decided.
   */
  release(wish: DecisionWish, reason: string): readonly StoredDecision[] | string {
    const { gate, store, offenders, now } = this.#options
    const admission = gate.admit(wish)
    if (admission.kind === 'refused') return admission.reason
    const news = admission.wishes.filter((one) => (store.longest(one)?.untilMs ?? 0) < one.untilMs)
    if (news.length === 0) return []
    offenders.note(wish.value, now())
    const made = store.addAll(news)
    this.#counters.bans += made.length
    for (const decision of made) this.announce(decision, reason)
    return made
  }

  /** Writes the event of a decision that was made. */
  announce(decision: StoredDecision, reason?: string): void {
    const { events, emit, now } = this.#options
    emit(events.decision('add', shown(toDecision(decision, now())), reason))
  }

  /** Writes the event of a decision that ended, by hand or by time. */
  announceEnd(decision: StoredDecision, reason: string): void {
    const { events, emit, now } = this.#options
    emit(events.decision('remove', shown(toDecision(decision, now())), reason))
  }

  /** Writes the event of held bans that came to nothing, by somebody's word or because nobody decided. */
  announceDropped(dropped: readonly HeldBan[], reason: string): void {
    if (dropped.length === 0) return
    const { events, emit } = this.#options
    const shownFirst = dropped.slice(0, 5).map(({ wish }) => shownValue(wish.scope, wish.value))
    const rest = dropped.length > shownFirst.length ? ` and ${dropped.length - shownFirst.length} more` : ''
    emit(
      events.notice(
        'held-bans-dropped',
        `held bans that were not made: ${shownFirst.join(', ')}${rest}: ${reason}`,
        30,
      ),
    )
  }

  /**
   * Takes bans out that an allow-list now covers, and its addresses out of banned ranges; called when a list changes.
   * Gives way to others every few thousand decisions.
   */
  async applyAllowLists(): Promise<void> {
    let looked = 0
    for (const decision of this.#options.store.active()) {
      looked += 1
      if (looked % 5_000 === 0) await new Promise(setImmediate)
      if (decision.type !== 'allow') this.#recheck(decision)
    }
  }

  #recheck(decision: StoredDecision): void {
    const { store, gate } = this.#options
    const { id, uuid: _, ...wish } = decision
    const admission = gate.admit(wish)
    // The never-ban list does not change under a decision that was made by hand in spite of it.
    if (admission.kind === 'refused' && admission.by !== 'allow-list') return
    const pieces = admission.kind === 'go' ? admission.wishes : []
    if (pieces.length === 1 && pieces[0]?.value === wish.value) return
    if (store.remove(id, 'allow-listed') === undefined) return // ended while others were looked at
    this.announceEnd(decision, 'on an allow-list now')
    for (const piece of store.addAll(pieces)) this.announce(piece)
  }

  #notice(action: string, message: string, options: { severity?: number; about: string }): void {
    if (!this.#reminder.isDue(`${action} ${options.about}`)) return
    this.#options.emit(this.#options.events.notice(action, message, options.severity ?? 30))
  }
}

/** A decision as events carry it. */
function shown(decision: Decision): Decision {
  return { ...decision, value: shownValue(decision.scope, decision.value) }
}

/** True for a reporter whose word about addresses nobody else confirms. */
function isWeak(reporter: Reporter): boolean {
  return reporter.kind === 'engine' && reporter.vouched === 'app-log'
}
