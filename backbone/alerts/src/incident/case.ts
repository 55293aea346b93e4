import type { Alert, AlertRule, Entity } from '../alert/alert.ts'
import { entityKey } from '../alert/alert.ts'
import { graver } from '../alert/level.ts'
import type { Level } from '../alert/level.ts'
import { scoreOf } from './score.ts'

/** Bounds of one case. */
export const caseLimits: {
  readonly maxGroups: number
  readonly maxEntities: number
  readonly maxSamples: number
  readonly maxQuietSamples: number
  readonly maxLinks: number
} = {
  maxGroups: 60,
  maxEntities: 200,
  maxSamples: 12,
  /** There are thousands of quiet cases, and nobody looks at most of them. */
  maxQuietSamples: 3,
  /** Actors that connect further alerts; beyond it a case is a place where many meet, and connects nothing more. */
  maxLinks: 40,
}

/** Alerts of one rule about one entity. */
export interface AlertGroup {
  readonly rule: AlertRule
  readonly entity: string
  count: number
  readonly firstMs: number
  lastMs: number
}

/** An alert as people see it in an incident. */
export interface Sample {
  readonly timeMs: number
  readonly rule: string
  readonly layer: string
  readonly summary: string
  readonly eventId: string
  readonly index?: number
  readonly request?: string
}

/** An entity with how often it was named. */
export interface SeenEntity extends Entity {
  count: number
}

/** Everything known of one actor, or of several that alerts connect. */
export interface Case {
  readonly id: number
  firstMs: number
  lastMs: number
  count: number
  level: Level
  readonly layers: Set<string>
  readonly tactics: Set<string>
  readonly techniques: Set<string>
  readonly groups: Map<string, AlertGroup>
  readonly entities: Map<string, SeenEntity>
  /** Keys of the actors that lead here. */
  readonly links: Set<string>
  readonly samples: Sample[]
  /** Incident that shows it; undefined while it is quiet. */
  incident: string | undefined
  /** True for the body of an incident. */
  readonly isShown: boolean
}

/** A case without alerts. */
export function newCase(id: number, timeMs: number, isShown: boolean = false): Case {
  return {
    id,
    firstMs: timeMs,
    lastMs: timeMs,
    count: 0,
    level: 'informational',
    layers: new Set(),
    tactics: new Set(),
    techniques: new Set(),
    groups: new Map(),
    entities: new Map(),
    links: new Set(),
    samples: [],
    incident: undefined,
    isShown,
  }
}

function addEntity(into: Case, { type, value }: Entity, count: number): void {
  const key = entityKey({ type, value })
  const known = into.entities.get(key)
  if (known !== undefined) known.count += count
  else if (into.entities.size < caseLimits.maxEntities) into.entities.set(key, { type, value, count })
}

/** Keeps the first of each rule and the newest of all. */
function addSample(into: Case, sample: Sample, isNew: boolean): void {
  into.samples.push(sample)
  const most = into.isShown ? caseLimits.maxSamples : caseLimits.maxQuietSamples
  if (into.samples.length <= most) return
  const rules = new Set<string>()
  const spare = into.samples.findIndex(({ rule }, at) => {
    if (at === into.samples.length - 1) return false
    if (!rules.has(rule)) {
      rules.add(rule)
      return false
    }
    return true
  })
  into.samples.splice(spare < 0 ? (isNew ? 1 : into.samples.length - 1) : spare, 1)
}

function sampleOf({ timeMs, rule, layer, summary, event }: Alert): Sample {
  return {
    timeMs,
    rule: rule.id,
    layer,
    summary,
    eventId: event.id,
    ...(event.index === undefined ? {} : { index: event.index }),
    ...(event.request === undefined ? {} : { request: event.request }),
  }
}

function addGroup(into: Case, alert: Alert): boolean {
  const { rule, timeMs, count } = alert
  const [actor] = alert.actors
  const entity = actor === undefined ? '' : entityKey(actor)
  const key = `${rule.id} ${entity}`
  const known = into.groups.get(key)
  if (known !== undefined) {
    known.count += count
    known.lastMs = Math.max(known.lastMs, timeMs)
    return false
  }
  const group = { rule, entity, count, firstMs: timeMs, lastMs: timeMs }
  if (into.groups.size < caseLimits.maxGroups) into.groups.set(key, group)
  return true
}

/** Takes one alert. True when it is the first of its rule and entity. */
export function addAlert(into: Case, alert: Alert): boolean {
  const isNew = addGroup(into, alert)
  into.firstMs = Math.min(into.firstMs, alert.timeMs)
  into.lastMs = Math.max(into.lastMs, alert.timeMs)
  into.count += alert.count
  into.level = graver(into.level, alert.rule.level)
  if (alert.layer !== '') into.layers.add(alert.layer)
  for (const tactic of alert.rule.tactics) into.tactics.add(tactic)
  for (const technique of alert.rule.techniques) into.techniques.add(technique)
  for (const entity of [...alert.actors, ...alert.targets]) addEntity(into, entity, alert.count)
  addSample(into, sampleOf(alert), isNew)
  return isNew
}

/** Everything of `other` goes into `into`. */
export function absorb(into: Case, other: Case): void {
  into.firstMs = Math.min(into.firstMs, other.firstMs)
  into.lastMs = Math.max(into.lastMs, other.lastMs)
  into.count += other.count
  into.level = graver(into.level, other.level)
  for (const layer of other.layers) into.layers.add(layer)
  for (const tactic of other.tactics) into.tactics.add(tactic)
  for (const technique of other.techniques) into.techniques.add(technique)
  for (const link of other.links) into.links.add(link)
  for (const entity of other.entities.values()) addEntity(into, entity, entity.count)
  for (const [key, group] of other.groups) {
    const known = into.groups.get(key)
    if (known === undefined) {
      if (into.groups.size < caseLimits.maxGroups) into.groups.set(key, { ...group })
    } else {
      known.count += group.count
      known.lastMs = Math.max(known.lastMs, group.lastMs)
    }
  }
  for (const sample of other.samples) addSample(into, sample, false)
  into.samples.sort((a, b) => a.timeMs - b.timeMs)
}

/** The score of a case now. */
export function scoreCase({ level, layers, tactics }: Case): number {
  return scoreOf({ level, layers: layers.size, tactics: tactics.size })
}

/** The rules of a case in one text: cases with the same rules are the same story told by other actors. */
export function signatureOf({ groups }: Case): string {
  return [...new Set(Array.from(groups.values(), ({ rule }) => rule.id))].toSorted().join(' ')
}

/** The gravest rule, and among equals the one with most alerts: what the incident is called after. */
export function leadingRule({ groups }: Case): AlertRule | undefined {
  let best: AlertGroup | undefined
  for (const group of groups.values()) {
    if (best === undefined) best = group
    else if (group.rule.level === best.rule.level) best = group.count > best.count ? group : best
    else if (graver(group.rule.level, best.rule.level) === group.rule.level) best = group
  }
  return best?.rule
}
