import type { AlertRule } from '../alert/alert.ts'
import type { VerdictKind } from './incident.ts'

/** Days that the load is kept. */
export const loadDays = 7
/** Most rules whose load is counted. */
export const maxLoadRules = 5_000
/** A person who looked longer than this at one incident did something else meanwhile, in minutes. */
export const longestMinutes = 60

const dayMs = 86_400_000

interface Day {
  alerts: number
  incidents: number
  minutes: number
  verdicts: Partial<Record<VerdictKind, number>>
}

/** What one rule cost in the last week. */
export interface RuleLoad {
  readonly rule: string
  readonly title: string
  readonly level: string
  readonly alerts: number
  readonly incidents: number
  readonly verdicts: Readonly<Record<VerdictKind, number>>
  readonly minutes: number
}

interface Known {
  readonly rule: Pick<AlertRule, 'id' | 'title' | 'level' | 'name'>
  readonly days: Map<number, Day>
}

/** Counts alerts, incidents, verdicts and minutes for each rule and day. */
export class LoadBook {
  readonly #rules = new Map<string, Known>()

  #day(rule: Known['rule'], timeMs: number): Day | undefined {
    let known = this.#rules.get(rule.id)
    if (known === undefined) {
      if (this.#rules.size >= maxLoadRules) return undefined
      known = { rule, days: new Map() }
      this.#rules.set(rule.id, known)
    }
    const number = Math.floor(timeMs / dayMs)
    const day = known.days.get(number) ?? { alerts: 0, incidents: 0, minutes: 0, verdicts: {} }
    known.days.set(number, day)
    for (const old of known.days.keys()) if (old <= number - loadDays - 1) known.days.delete(old)
    return day
  }

  /** An alert of a rule. */
  alert(rule: AlertRule, timeMs: number, count: number): void {
    const day = this.#day(shown(rule), timeMs)
    if (day !== undefined) day.alerts += count
  }

  /** An incident that is called after a rule. */
  incident(rule: AlertRule, timeMs: number): void {
    const day = this.#day(shown(rule), timeMs)
    if (day !== undefined) day.incidents += 1
  }

  /** A verdict on an incident that is called after a rule, and how long the person looked. */
  verdict(rule: AlertRule, verdict: VerdictKind, at: { timeMs: number; minutes: number }): void {
    const day = this.#day(shown(rule), at.timeMs)
    if (day === undefined) return
    day.verdicts[verdict] = (day.verdicts[verdict] ?? 0) + 1
    day.minutes += Math.min(longestMinutes, Math.max(0, at.minutes))
  }

  /** The last seven days, the rule with most alerts first. */
  week(nowMs: number): readonly RuleLoad[] {
    const oldest = Math.floor(nowMs / dayMs) - loadDays
    const loads = Array.from(this.#rules.values(), ({ rule, days }): RuleLoad => {
      const verdicts = { true: 0, benign: 0, noise: 0 }
      let [alerts, incidents, minutes] = [0, 0, 0]
      for (const [number, day] of days) {
        if (number <= oldest) continue
        alerts += day.alerts
        incidents += day.incidents
        minutes += day.minutes
        for (const kind of ['true', 'benign', 'noise'] as const) verdicts[kind] += day.verdicts[kind] ?? 0
      }
      return {
        rule: rule.name,
        title: rule.title,
        level: rule.level,
        alerts,
        incidents,
        verdicts,
        minutes: Math.round(minutes * 10) / 10,
      }
    })
    return loads
      .filter(({ alerts, incidents }) => alerts + incidents > 0)
      .toSorted((a, b) => b.alerts - a.alerts)
  }

  /** What a restart needs. */
  dump(): unknown {
    return Array.from(this.#rules.values(), ({ rule, days }) => ({ rule, days: [...days] }))
  }

  /** Takes what `dump` gave. */
  restore(dump: unknown): void {
    for (const { rule, days } of dump as { rule: Known['rule']; days: [number, Day][] }[])
      this.#rules.set(rule.id, { rule, days: new Map(days) })
  }
}

function shown({ id, title, level, name }: AlertRule): Known['rule'] {
  return { id, title, level, name }
}
