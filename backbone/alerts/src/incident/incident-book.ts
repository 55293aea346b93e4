import type { Alert, Entity } from '../alert/alert.ts'
import { entityKey } from '../alert/alert.ts'
import { absorb, addAlert, caseLimits, leadingRule, newCase, scoreCase, signatureOf } from './case.ts'
import type { Case } from './case.ts'
import { addNote } from './incident.ts'
import type { Incident, Verdict } from './incident.ts'
import { incidentScore } from './score.ts'

/** What happened to an incident, for whoever tells people. */
export type IncidentChange =
  | { readonly kind: 'opened'; readonly incident: Incident }
  /** The score grew by half or more, or another layer joined. */
  | { readonly kind: 'escalated'; readonly incident: Incident }
  | { readonly kind: 'merged'; readonly incident: Incident; readonly into: Incident }
  /** Several incidents of the same rules became one. */
  | { readonly kind: 'campaign'; readonly incident: Incident }

/** How incidents are kept. */
export interface BookOptions {
  /** Alerts that share an actor within this time belong together, in milliseconds. */
  readonly mergeWindowMs: number
  readonly maxQuietCases?: number
  readonly maxIncidents?: number
  readonly newId: () => string
}

/** Cases that are counted without being shown, and incidents that are kept. */
export const bookLimits: { readonly maxQuietCases: number; readonly maxIncidents: number } = {
  maxQuietCases: 4_000,
  maxIncidents: 1_000,
}

/** So many incidents of exactly the same rules are one campaign. */
export const campaignSize = 3

/** Cases that are compared when one has to go. */
const evictionSample = 16
/** Quiet cases from this score on are kept over a restart. */
const keptScore = 5

interface Told {
  score: number
  layers: number
}

/**
 * Makes incidents of alerts. Alerts are grouped by rule and entity in cases; cases that share an actor within a window
 * are merged; a case whose score is high enough becomes an incident. Cases that tell the same story (the same rules) by
 * many actors become one campaign, and an actor that does anything else leaves it again.
 */
export class IncidentBook {
  readonly #options: Required<BookOptions>
  readonly #cases = new Map<number, Case>()
  readonly #byActor = new Map<string, number>()
  readonly #incidents = new Map<string, Incident>()
  /** Open campaigns by the rules that they are made of. */
  readonly #campaigns = new Map<string, string>()
  readonly #told = new Map<string, Told>()
  #nextCase = 1
  #evicted = 0

  constructor(options: BookOptions) {
    this.#options = { ...bookLimits, ...options }
  }

  /** Cases in memory, and those that were dropped to bound them. */
  get state(): { readonly cases: number; readonly evicted: number; readonly incidents: number } {
    return { cases: this.#cases.size, evicted: this.#evicted, incidents: this.#incidents.size }
  }

  /** Incidents, the newest first. */
  incidents(): readonly Incident[] {
    return [...this.#incidents.values()].toReversed()
  }

  /** One incident. */
  find(id: string): Incident | undefined {
    return this.#incidents.get(id)
  }

  /** Cases that are no incidents, the highest score first. */
  quiet(most: number): readonly Case[] {
    return [...this.#cases.values()]
      .filter(({ incident }) => incident === undefined)
      .toSorted((a, b) => scoreCase(b) - scoreCase(a) || b.count - a.count)
      .slice(0, most)
  }

  /** Takes one alert and says what came of it. */
  take(alert: Alert): readonly IncidentChange[] {
    const changes: IncidentChange[] = []
    const found = this.#caseOf(alert, changes)
    addAlert(found, alert)
    this.#link(found, alert.actors)
    const shown = found.incident === undefined ? undefined : this.#incidents.get(found.incident)
    if (shown === undefined) this.#promote(found, changes)
    else this.#grow(found, { shown, alert, changes })
    return changes
  }

  /** The case of an alert's actors; several become one. */
  #caseOf(alert: Alert, changes: IncidentChange[]): Case {
    const known = new Set<Case>()
    for (const actor of alert.actors) {
      const id = this.#byActor.get(entityKey(actor))
      const one = id === undefined ? undefined : this.#cases.get(id)
      if (one !== undefined && one.lastMs >= alert.timeMs - this.#memoryMs()) known.add(one)
    }
    const [first, ...others] = [...known].toSorted((a, b) => a.firstMs - b.firstMs)
    if (first === undefined) return this.#open(alert.timeMs)
    const oldest = alert.timeMs - this.#options.mergeWindowMs
    for (const other of others) {
      if (first.links.size + other.links.size > caseLimits.maxLinks) continue
      if (first.lastMs >= oldest && other.lastMs >= oldest) this.#merge(first, other, changes)
    }
    // Insertion order is the order of last use.
    this.#cases.delete(first.id)
    this.#cases.set(first.id, first)
    return first
  }

  #open(timeMs: number): Case {
    const made = newCase(this.#nextCase, timeMs)
    this.#nextCase += 1
    this.#cases.set(made.id, made)
    if (this.#cases.size > this.#options.maxQuietCases) this.#evict()
    return made
  }

  /** Of those that were not touched for longest the mildest goes: a slow attack outlives a crowd of scanners. */
  #evict(): void {
    let victim: Case | undefined
    let looked = 0
    for (const one of this.#cases.values()) {
      if (victim === undefined || scoreCase(one) < scoreCase(victim)) victim = one
      looked += 1
      if (looked >= evictionSample) break
    }
    if (victim === undefined) return
    // A case with an incident lives on in it.
    this.#drop(victim)
    this.#evicted += 1
  }

  #drop(one: Case): void {
    this.#cases.delete(one.id)
    for (const link of one.links) if (this.#byActor.get(link) === one.id) this.#byActor.delete(link)
  }

  #link(one: Case, actors: readonly Entity[]): void {
    for (const actor of actors) {
      const key = entityKey(actor)
      if (one.links.size >= caseLimits.maxLinks && !one.links.has(key)) continue
      one.links.add(key)
      this.#byActor.set(key, one.id)
    }
  }

  #merge(into: Case, other: Case, changes: IncidentChange[]): void {
    const [mine, theirs] = [this.#shownBy(into), this.#shownBy(other)]
    absorb(into, other)
    this.#drop(other)
    for (const link of other.links) this.#byActor.set(link, into.id)
    if (theirs === undefined || theirs.isCampaign) return
    if (mine === undefined || mine.isCampaign) {
      into.incident = theirs.id
      return
    }
    if (mine.id === theirs.id) return
    absorb(mine.body, theirs.body)
    theirs.state = 'merged'
    theirs.mergedInto = mine.id
    addNote(mine, into.lastMs, `incident ${theirs.id} joined: they share an actor`)
    changes.push({ kind: 'merged', incident: theirs, into: mine })
  }

  #shownBy(one: Case): Incident | undefined {
    const incident = one.incident === undefined ? undefined : this.#incidents.get(one.incident)
    return incident?.state === 'open' ? incident : undefined
  }

  #promote(one: Case, changes: IncidentChange[]): void {
    if (scoreCase(one) < incidentScore) return
    const signature = signatureOf(one)
    const campaign = this.#campaignOf(signature, one.lastMs)
    if (campaign !== undefined) return this.#join(one, campaign)
    const alike = this.#alike(signature, one.lastMs)
    if (alike.length >= campaignSize) return this.#makeCampaign(one, { alike, signature, changes })
    const incident = this.#show(one, false)
    changes.push({ kind: 'opened', incident })
  }

  #show(one: Case, isCampaign: boolean): Incident {
    const body = newCase(0, one.firstMs, true)
    absorb(body, one)
    const incident: Incident = {
      id: this.#options.newId(),
      openedMs: one.lastMs,
      state: 'open',
      title: leadingRule(one)?.title ?? 'Incident',
      body,
      score: scoreCase(one),
      cases: 1,
      isCampaign,
      notes: [],
    }
    one.incident = incident.id
    this.#incidents.set(incident.id, incident)
    this.#told.set(incident.id, { score: incident.score, layers: body.layers.size })
    this.#bound()
    return incident
  }

  /** Closed incidents go first, then the oldest with the lowest score. */
  #bound(): void {
    if (this.#incidents.size <= this.#options.maxIncidents) return
    const all = [...this.#incidents.values()]
    const victim = all.find(({ state }) => state !== 'open') ?? all.toSorted((a, b) => a.score - b.score)[0]
    if (victim !== undefined) this.#incidents.delete(victim.id)
  }

  #campaignOf(signature: string, timeMs: number): Incident | undefined {
    const id = this.#campaigns.get(signature)
    const campaign = id === undefined ? undefined : this.#incidents.get(id)
    const isLive = campaign?.state === 'open' && campaign.body.lastMs >= timeMs - this.#memoryMs()
    return isLive ? campaign : undefined
  }

  /** How long one actor, or one campaign, stays one story: a slow attack takes longer than the merging of two does. */
  #memoryMs(): number {
    return this.#options.mergeWindowMs * 24
  }

  #alike(signature: string, timeMs: number): readonly Incident[] {
    const oldest = timeMs - this.#memoryMs()
    return [...this.#incidents.values()].filter(
      (incident) =>
        incident.state === 'open' &&
        !incident.isCampaign &&
        incident.verdict === undefined &&
        incident.body.lastMs >= oldest &&
        signatureOf(incident.body) === signature,
    )
  }

  #makeCampaign(
    one: Case,
    {
      alike,
      signature,
      changes,
    }: { alike: readonly Incident[]; signature: string; changes: IncidentChange[] },
  ): void {
    const campaign = this.#show(one, true)
    for (const incident of alike) {
      absorb(campaign.body, incident.body)
      campaign.cases += incident.cases
      incident.state = 'merged'
      incident.mergedInto = campaign.id
      for (const member of this.#cases.values())
        if (member.incident === incident.id) member.incident = campaign.id
    }
    campaign.title = `${leadingRule(campaign.body)?.title ?? campaign.title} (many actors)`
    addNote(campaign, one.lastMs, `${alike.length + 1} incidents of the same rules became this one`)
    this.#campaigns.set(signature, campaign.id)
    changes.push({ kind: 'campaign', incident: campaign })
  }

  #join(one: Case, campaign: Incident): void {
    absorb(campaign.body, one)
    campaign.cases += 1
    one.incident = campaign.id
  }

  #grow(
    one: Case,
    { shown, alert, changes }: { shown: Incident; alert: Alert; changes: IncidentChange[] },
  ): void {
    if (shown.state !== 'open') {
      this.#startAnew(one, alert, changes)
      return
    }
    // Whoever does something else than the campaign is a story of its own.
    if (shown.isCampaign && !this.#campaigns.has(signatureOf(one))) {
      one.incident = undefined
      this.#promote(one, changes)
      return
    }
    addAlert(shown.body, alert)
    if (shown.isCampaign) return
    shown.score = scoreCase(shown.body)
    shown.title = leadingRule(shown.body)?.title ?? shown.title
    const told = this.#told.get(shown.id)
    if (told === undefined) return
    if (shown.score < told.score * 1.5 && shown.body.layers.size <= told.layers) return
    this.#told.set(shown.id, { score: shown.score, layers: shown.body.layers.size })
    changes.push({ kind: 'escalated', incident: shown })
  }

  /** After a verdict a case begins again: what was judged is not counted twice. */
  #startAnew(one: Case, alert: Alert, changes: IncidentChange[]): void {
    this.#drop(one)
    const fresh = this.#open(alert.timeMs)
    addAlert(fresh, alert)
    this.#link(fresh, alert.actors)
    this.#promote(fresh, changes)
  }

  /** Writes a verdict. `true` keeps the incident open and collecting; the others close it. */
  judge(incident: Incident, verdict: Verdict): void {
    incident.verdict = verdict
    if (verdict.verdict !== 'true') incident.state = 'closed'
    addNote(incident, verdict.timeMs, `${verdict.actor}: ${verdict.verdict}: ${verdict.reason}`)
  }

  /** Closes an incident, or opens it again. */
  setState(incident: Incident, state: 'open' | 'closed', note: { timeMs: number; text: string }): void {
    incident.state = state
    addNote(incident, note.timeMs, note.text)
  }

  /** Drops quiet cases that are over, and closed incidents older than `retentionMs`. */
  sweep(nowMs: number, retentionMs: number): void {
    const oldest = nowMs - this.#memoryMs()
    for (const one of this.#cases.values()) if (one.lastMs < oldest) this.#drop(one)
    for (const incident of this.#incidents.values()) {
      if (incident.state !== 'open' && incident.body.lastMs < nowMs - retentionMs) {
        this.#incidents.delete(incident.id)
        this.#told.delete(incident.id)
      }
    }
  }

  /** What a restart needs. */
  dump(): {
    readonly cases: readonly Case[]
    readonly incidents: readonly Incident[]
    readonly campaigns: readonly (readonly [string, string])[]
  } {
    return {
      cases: [...this.#cases.values()].filter(
        (one) => one.incident !== undefined || scoreCase(one) >= keptScore,
      ),
      incidents: [...this.#incidents.values()],
      campaigns: [...this.#campaigns],
    }
  }

  /** Takes what `dump` gave. */
  restore(dump: ReturnType<IncidentBook['dump']>): void {
    for (const one of dump.cases) {
      this.#cases.set(one.id, one)
      for (const link of one.links) this.#byActor.set(link, one.id)
      this.#nextCase = Math.max(this.#nextCase, one.id + 1)
    }
    for (const incident of dump.incidents) {
      this.#incidents.set(incident.id, incident)
      this.#told.set(incident.id, { score: incident.score, layers: incident.body.layers.size })
    }
    for (const [signature, id] of dump.campaigns) this.#campaigns.set(signature, id)
  }
}
