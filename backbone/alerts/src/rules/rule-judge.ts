import type { JsonObject } from '@sevenfold/event'
import { isSilent } from '@sevenfold/sigma'
import type { CorrelationMatch, Correlations, RuleInfo } from '@sevenfold/sigma'
import type { Alert, Entity, EntityType } from '../alert/alert.ts'
import { entitiesOf } from '../alert/entities.ts'
import { textAt } from '../alert/read-event.ts'
import { summaryOf } from '../alert/summary.ts'
import { logSourcesOf } from './log-sources.ts'
import type { LoadedRules } from './rule-set.ts'

/** An event and where it stands. */
export interface JudgedEvent {
  readonly event: JsonObject
  readonly timeMs: number
  /** Index in the ledger; absent for what did not come through it. */
  readonly index?: number
}

/** Limits of the correlations' memory: this process shares a small machine with all others. */
export const correlationLimits: { readonly maxGroups: number; readonly maxEntries: number } = {
  maxGroups: 20_000,
  maxEntries: 2_000,
}

const entityOfField: Readonly<Record<string, EntityType>> = {
  'source.ip': 'source',
  'user.name': 'user',
  'session.id': 'session',
  'sevenfold.admin.actor': 'user',
  'host.name': 'host',
  'sevenfold.layer': 'part',
}

function countOf(event: JsonObject): number {
  const { sevenfold } = event
  const repeat = (sevenfold as JsonObject | undefined)?.['repeat'] as JsonObject | undefined
  const count = repeat?.['count']
  // A folded event stands for all its repeats; a scenario's count is of the events behind it, not of alerts.
  const isFolded = textAt(event, 'sevenfold', 'kind') !== 'detection'
  return isFolded && typeof count === 'number' && count > 0 ? Math.min(count, 1e9) : 1
}

/** Matches events against the rules and gives alerts; the correlations' windows live here. */
export class RuleJudge {
  #rules: LoadedRules
  #correlations: Correlations
  #silent: ReadonlySet<string>

  constructor(rules: LoadedRules) {
    this.#rules = rules
    this.#correlations = rules.set.openCorrelations(correlationLimits)
    this.#silent = silentIds(rules)
  }

  get rules(): LoadedRules {
    return this.#rules
  }

  /** Groups in the windows, and what was dropped to bound them. */
  get state(): Correlations['state'] {
    return this.#correlations.state
  }

  /** Takes other rules. Windows stay when the correlations are the same, as after a new filter. */
  use(rules: LoadedRules): void {
    const same = JSON.stringify(rules.set.correlations) === JSON.stringify(this.#rules.set.correlations)
    this.#rules = rules
    this.#silent = silentIds(rules)
    if (!same) this.#correlations = rules.set.openCorrelations(correlationLimits)
  }

  /** The alerts of one event. */
  judge(judged: JudgedEvent): readonly Alert[] {
    const { event, timeMs } = judged
    const matched = this.#matched(event)
    if (matched.length === 0) return []
    const fired = this.#correlations.observe(matched, event, timeMs)
    const alerts = matched.filter(({ id }) => !this.#silent.has(id)).map((info) => this.#alert(info, judged))
    return [
      ...alerts,
      ...fired
        .filter(({ rule }) => !this.#silent.has(rule.id))
        .map((match) => this.#correlated(match, judged)),
    ]
  }

  /** Fills the windows from events that were judged before a restart; gives nothing. */
  warm({ event, timeMs }: JudgedEvent): void {
    const matched = this.#matched(event)
    if (matched.length > 0) this.#correlations.observe(matched, event, timeMs)
  }

  /** Judges windows that are over. */
  advance(timeMs: number): readonly Alert[] {
    return this.#correlations
      .advance(timeMs)
      .filter(({ rule }) => !this.#silent.has(rule.id))
      .map((match) => this.#correlated(match, { event: {}, timeMs }))
  }

  #matched(event: JsonObject): readonly RuleInfo[] {
    const [first, second] = logSourcesOf(event)
    const found = first === undefined ? [] : this.#rules.set.match(event, first)
    if (second === undefined) return found
    const more = this.#rules.set.match(event, second)
    if (more.length === 0) return found
    // A rule without a log source of its own matches under both.
    return [...new Map([...found, ...more].map((info) => [info.id, info])).values()]
  }

  #alert(info: RuleInfo, { event, timeMs, index }: JudgedEvent): Alert {
    const request = textAt(event, 'http', 'request', 'id')
    return {
      rule: this.#rules.alertRule(info),
      timeMs,
      layer:
        textAt(event, 'labels', 'part') ||
        textAt(event, 'sevenfold', 'layer') ||
        textAt(event, 'event', 'module'),
      ...entitiesOf(event),
      summary: summaryOf(event),
      event: {
        id: textAt(event, 'event', 'id'),
        ...(index === undefined ? {} : { index }),
        ...(request === '' ? {} : { request }),
      },
      count: countOf(event),
    }
  }

  #correlated(match: CorrelationMatch, judged: JudgedEvent): Alert {
    const alert = this.#alert(match.rule, judged)
    const group = Object.entries(match.group).flatMap(([field, value]): Entity[] => {
      const type = entityOfField[field]
      return type === undefined ? [] : [{ type, value }]
    })
    const names = Object.entries(match.group).map(([field, value]) => `${field} ${value}`)
    const layer = alert.layer === '' ? 'alerts' : alert.layer
    return {
      ...alert,
      layer,
      actors: group.length > 0 ? group : alert.actors,
      summary:
        `${match.rule.title}: ${match.count} events${names.length === 0 ? '' : ` of ${names.join(', ')}`}`.slice(
          0,
          300,
        ),
      count: 1,
    }
  }
}

function silentIds({ set }: LoadedRules): ReadonlySet<string> {
  return new Set(
    [...set.rules, ...set.correlations.map(({ info }) => info)]
      .filter((info) => isSilent(info, set.correlations))
      .map(({ id }) => id),
  )
}
