import { readField, textsOf } from '../match/event-view.ts'
import type { SigmaEvent } from '../match/event-view.ts'
import { fold } from '../match/fold.ts'
import type { RuleInfo } from '../rule/sigma-rule.ts'
import type { CorrelationRule } from './correlation-rule.ts'
import { isSatisfied, measure } from './measure.ts'
import type { WindowEntry } from './measure.ts'

/** A correlation that fired. */
export interface CorrelationMatch {
  readonly rule: RuleInfo
  /** Values of the group-by fields, by field or alias. */
  readonly group: Readonly<Record<string, string>>
  readonly timeMs: number
  /** The number that was compared. */
  readonly result: number
  /** Matches in the window. */
  readonly count: number
}

/** Limits of the state. */
export interface CorrelationLimits {
  /** Groups over all rules; the longest untouched one is dropped and counted. */
  readonly maxGroups: number
  /** Matches kept in one group; the oldest is dropped and counted. */
  readonly maxEntries: number
}

/** Limits that hold unless others are given. */
export const defaultCorrelationLimits: CorrelationLimits = { maxGroups: 100_000, maxEntries: 10_000 }

interface Group {
  readonly correlation: CorrelationRule
  readonly values: Readonly<Record<string, string>>
  entries: WindowEntry[]
  /** A rising rule fires once until its window no longer satisfies it. */
  isFiring: boolean
  /** The newest event, for the correlations that stand on this one; absent when none does. */
  newest?: SigmaEvent
}

interface Observation {
  readonly correlation: CorrelationRule
  /** The rule that matched. */
  readonly info: RuleInfo
  /** Its id or name, under which the match is counted. */
  readonly reference: string
  readonly event: SigmaEvent
  readonly timeMs: number
}

const maxChainDepth = 8

/** Rules with an upper bound can only be judged when their window is over. */
function isClosing(rule: CorrelationRule): boolean {
  return rule.thresholds.some(({ operator }) => operator !== 'gt' && operator !== 'gte')
}

/** Kinds that ask whether rules matched near each other, not how often. */
function isTemporal({ type }: CorrelationRule): boolean {
  return type === 'temporal' || type === 'temporal_ordered'
}

/** The field that a name stands for in an event of a rule: an alias is resolved by the rule's id or name. */
function fieldOf({ correlation, info }: Observation, name: string): string {
  const alias = Object.hasOwn(correlation.aliases, name) ? correlation.aliases[name] : undefined
  if (alias === undefined) return name
  return alias[info.id] ?? (info.name === undefined ? undefined : alias[info.name]) ?? name
}

function textOfField(event: SigmaEvent, field: string): string {
  const texts = textsOf(readField(event, field))
  return typeof texts === 'string' ? texts : (texts?.join('\n') ?? '')
}

/**
 * Sliding windows over matches (specification: sliding is preferred over fixed). Time comes with each call; nothing here
 * has a clock. State is bounded, and what is dropped is counted.
 */
export class Correlations {
  readonly #byReference = new Map<string, CorrelationRule[]>()
  readonly #groups = new Map<string, Group>()
  readonly #limits: CorrelationLimits
  #evictedGroups = 0
  #evictedEntries = 0

  constructor(rules: readonly CorrelationRule[], limits: CorrelationLimits = defaultCorrelationLimits) {
    this.#limits = limits
    for (const rule of rules) {
      for (const reference of rule.rules)
        this.#byReference.set(reference, [...(this.#byReference.get(reference) ?? []), rule])
    }
  }

  /** Groups in memory, and what was dropped to keep them within their limits. */
  get state(): { readonly groups: number; readonly evictedGroups: number; readonly evictedEntries: number } {
    return {
      groups: this.#groups.size,
      evictedGroups: this.#evictedGroups,
      evictedEntries: this.#evictedEntries,
    }
  }

  /** Takes the rules that one event matched; gives the correlations that fire now, chains included. */
  observe(matched: readonly RuleInfo[], event: SigmaEvent, timeMs: number): readonly CorrelationMatch[] {
    const fired: CorrelationMatch[] = []
    for (const info of matched) this.#spread(info, event, { timeMs, depth: 0, fired })
    return fired
  }

  /** Judges windows that are over at `timeMs`; needed for rules with an upper bound. */
  advance(timeMs: number): readonly CorrelationMatch[] {
    const fired: CorrelationMatch[] = []
    for (const [key, group] of this.#groups) {
      const first = group.entries[0]
      if (first === undefined || first.timeMs + group.correlation.timespanMs > timeMs) continue
      if (isClosing(group.correlation)) this.#close(group, { timeMs, depth: 0, fired })
      else this.#trim(group, timeMs)
      if (group.entries.length === 0) this.#groups.delete(key)
    }
    return fired
  }

  #spread(info: RuleInfo, event: SigmaEvent, run: Run): void {
    if (run.depth > maxChainDepth) return
    const seen = new Set<CorrelationRule>()
    for (const reference of info.name === undefined ? [info.id] : [info.id, info.name]) {
      for (const correlation of this.#byReference.get(reference) ?? []) {
        if (seen.has(correlation) || (run.isReminder === true && !isTemporal(correlation))) continue
        seen.add(correlation)
        this.#take({ correlation, info, reference, event, timeMs: run.timeMs }, run)
      }
    }
  }

  #take(observation: Observation, run: Run): void {
    const { correlation, event } = observation
    const group = this.#groupOf(observation)
    if (group === undefined) return
    if (isClosing(correlation)) {
      const first = group.entries[0]
      if (first !== undefined && first.timeMs + correlation.timespanMs <= run.timeMs) this.#close(group, run)
      this.#add(group, entryOf(observation), run)
    } else {
      this.#add(group, entryOf(observation), run)
      this.#trim(group, run.timeMs)
      const satisfied = isSatisfied(correlation, group.entries)
      if (satisfied && !group.isFiring) this.#fire(group, event, run)
      else if (satisfied) this.#remind(group, event, run)
      group.isFiring = satisfied
    }
    if (this.#hasChain(correlation)) group.newest = event
  }

  #close(group: Group, run: Run): void {
    if (isSatisfied(group.correlation, group.entries)) this.#fire(group, group.newest ?? {}, run)
    group.entries = []
  }

  #fire(group: Group, event: SigmaEvent, run: Run): void {
    const { correlation, values, entries } = group
    run.fired.push({
      rule: correlation.info,
      group: values,
      timeMs: run.timeMs,
      result: measure(correlation, entries),
      count: entries.length,
    })
    this.#spread(correlation.info, { ...event, ...values }, { ...run, depth: run.depth + 1 })
  }

  /**
   * A match that goes on is no second one, but what wants it near something else must know that it still lasts: many
   * failures for an hour and then a login are near each other, although the failures became many an hour ago.
   */
  #remind({ correlation, values }: Group, event: SigmaEvent, run: Run): void {
    if (!this.#hasChain(correlation)) return
    const reminder = { ...run, depth: run.depth + 1, isReminder: true }
    this.#spread(correlation.info, { ...event, ...values }, reminder)
  }

  #hasChain({ info: { id, name } }: CorrelationRule): boolean {
    return this.#byReference.has(id) || (name !== undefined && this.#byReference.has(name))
  }

  #groupOf(observation: Observation): Group | undefined {
    const { correlation, event } = observation
    const values: Record<string, string> = {}
    let key = correlation.info.id
    for (const name of correlation.groupBy) {
      const text = textOfField(event, fieldOf(observation, name))
      // An event without a group-by field belongs to no group; joining all of them would correlate strangers.
      if (text === '') return undefined
      values[name] = text
      key += `\u0000${fold(text)}`
    }
    const known = this.#groups.get(key)
    const group = known ?? { correlation, values, entries: [], isFiring: false }
    // Insertion order is the order of last use.
    this.#groups.delete(key)
    this.#groups.set(key, group)
    this.#dropOldest()
    return group
  }

  #dropOldest(): void {
    if (this.#groups.size <= this.#limits.maxGroups) return
    const oldest = this.#groups.keys().next()
    if (oldest.done === true) return
    this.#groups.delete(oldest.value)
    this.#evictedGroups += 1
  }

  #add(group: Group, entry: WindowEntry, { isReminder = false }: Run): void {
    const { entries } = group
    let at = entries.length
    while (at > 0 && (entries[at - 1]?.timeMs ?? 0) > entry.timeMs) at -= 1
    // Of one rule's matches in a row the last says as much as all of them.
    const replaces = isReminder && entries[at - 1]?.rule === entry.rule
    entries.splice(replaces ? at - 1 : at, replaces ? 1 : 0, entry)
    if (entries.length <= this.#limits.maxEntries) return
    entries.shift()
    this.#evictedEntries += 1
  }

  #trim(group: Group, timeMs: number): void {
    const oldest = timeMs - group.correlation.timespanMs
    const keep = group.entries.findIndex((entry) => entry.timeMs > oldest)
    if (keep < 0) group.entries = []
    else if (keep > 0) group.entries.splice(0, keep)
  }
}

interface Run {
  readonly timeMs: number
  readonly depth: number
  readonly fired: CorrelationMatch[]
  /** Nothing new happened: a match below goes on. */
  readonly isReminder?: boolean
}

function entryOf(observation: Observation): WindowEntry {
  const { correlation, reference, event, timeMs } = observation
  const text = correlation.fields
    .map((field) => textOfField(event, fieldOf(observation, field)))
    .join('\u0000')
  const isEmpty = text.replaceAll('\u0000', '') === ''
  return {
    timeMs,
    rule: correlation.rules.indexOf(reference),
    text: isEmpty ? '' : text,
    number: isEmpty ? Number.NaN : Number(text),
  }
}
