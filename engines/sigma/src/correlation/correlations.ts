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
}

interface Observation {
  readonly correlation: CorrelationRule
  /** Id or name under which the match is counted. */
  readonly reference: string
  readonly event: SigmaEvent
  readonly timeMs: number
}

const maxChainDepth = 8

/** Rules with an upper bound can only be judged when their window is over. */
function isClosing(rule: CorrelationRule): boolean {
  return rule.thresholds.some(({ operator }) => operator !== 'gt' && operator !== 'gte')
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
        if (seen.has(correlation)) continue
        seen.add(correlation)
        this.#take({ correlation, reference, event, timeMs: run.timeMs }, run)
      }
    }
  }

  #take(observation: Observation, run: Run): void {
    const { correlation } = observation
    const group = this.#groupOf(observation)
    if (group === undefined) return
    if (isClosing(correlation)) {
      const first = group.entries[0]
      if (first !== undefined && first.timeMs + correlation.timespanMs <= run.timeMs) this.#close(group, run)
      this.#add(group, entryOf(observation))
      return
    }
    this.#add(group, entryOf(observation))
    this.#trim(group, run.timeMs)
    const satisfied = isSatisfied(correlation, group.entries)
    if (satisfied && !group.isFiring) this.#fire(group, run)
    group.isFiring = satisfied
  }

  #close(group: Group, run: Run): void {
    if (isSatisfied(group.correlation, group.entries)) this.#fire(group, run)
    group.entries = []
  }

  #fire(group: Group, run: Run): void {
    const { correlation, values, entries } = group
    run.fired.push({
      rule: correlation.info,
      group: values,
      timeMs: run.timeMs,
      result: measure(correlation, entries),
      count: entries.length,
    })
    this.#spread(correlation.info, values, { ...run, depth: run.depth + 1 })
  }

  #groupOf({ correlation, reference, event }: Observation): Group | undefined {
    const values: Record<string, string> = {}
    let key = correlation.info.id
    for (const name of correlation.groupBy) {
      const alias = Object.hasOwn(correlation.aliases, name) ? correlation.aliases[name] : undefined
      const text = textOfField(event, alias?.[reference] ?? name)
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

  #add(group: Group, entry: WindowEntry): void {
    const { entries } = group
    let at = entries.length
    while (at > 0 && (entries[at - 1]?.timeMs ?? 0) > entry.timeMs) at -= 1
    entries.splice(at, 0, entry)
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
}

function entryOf({ correlation, reference, event, timeMs }: Observation): WindowEntry {
  const text = correlation.fields.map((field) => textOfField(event, field)).join('\u0000')
  const isEmpty = text.replaceAll('\u0000', '') === ''
  return {
    timeMs,
    rule: correlation.rules.indexOf(reference),
    text: isEmpty ? '' : text,
    number: isEmpty ? Number.NaN : Number(text),
  }
}
