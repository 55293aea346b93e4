import type { AlertsConfig } from '@sevenfold/config'
import type { EventDraft } from '@sevenfold/event'
import type { PartContext } from '@sevenfold/layer'
import type { Alert } from '../alert/alert.ts'
import { severityOf } from '../alert/level.ts'
import { leadingRule } from './case.ts'
import type { IncidentBook, IncidentChange } from './incident-book.ts'
import type { LoadBook } from './load-book.ts'

/** What a desk works with. */
export interface IncidentDeskOptions {
  readonly context: Pick<PartContext<AlertsConfig>, 'events' | 'metrics'>
  readonly book: IncidentBook
  readonly load: LoadBook
  readonly emit: (draft: EventDraft, labels: Readonly<Record<string, string>>) => void
  /** An incident changed: it should be kept soon. */
  readonly changed: () => void
}

/** Puts alerts into the book of incidents, and tells everybody of each change: the ledger, the load, the playbooks. */
export class IncidentDesk {
  readonly #options: IncidentDeskOptions
  readonly #listeners: ((change: IncidentChange) => void)[] = []
  readonly #counts

  constructor(options: IncidentDeskOptions) {
    this.#options = options
    const { metrics } = options.context
    this.#counts = {
      alerts: metrics.counter('sevenfold_alerts_matches_total', 'Matches of rules'),
      incidents: metrics.counter('sevenfold_alerts_incidents_total', 'Incidents that were opened'),
    }
  }

  /** Calls `run` after each change of an incident. */
  onChange(run: (change: IncidentChange) => void): void {
    this.#listeners.push(run)
  }

  take(alerts: readonly Alert[]): void {
    const { book, load } = this.#options
    for (const alert of alerts) {
      this.#counts.alerts.inc(alert.count)
      load.alert(alert.rule, alert.timeMs, alert.count)
      for (const change of book.take(alert)) this.#tell(change)
    }
  }

  #tell(change: IncidentChange): void {
    const { load, emit, changed, context } = this.#options
    const { incident } = change
    const { body } = incident
    const rule = leadingRule(body)
    if (change.kind === 'opened' || change.kind === 'campaign') {
      this.#counts.incidents.inc()
      if (rule !== undefined) load.incident(rule, incident.openedMs)
    }
    const [actor] = body.entities.values()
    const draft = context.events.detection({
      rule: {
        id: rule?.id ?? '',
        name: rule?.name ?? '',
        ruleset: 'sevenfold',
        ...(rule === undefined || rule.author === '' ? {} : { author: [rule.author] }),
      },
      message: `incident ${incident.id} ${change.kind}: ${incident.title}`,
      severity: severityOf[body.level],
      count: body.count,
      ...(actor?.type === 'source' ? { clientAddress: actor.value } : {}),
      ...(actor?.type === 'user' ? { userName: actor.value } : {}),
      threat: {
        framework: 'MITRE ATT&CK',
        technique: { id: [...body.techniques] },
        tactic: { name: [...body.tactics] },
      },
    })
    emit(draft, { incident: incident.id, change: change.kind })
    for (const listener of this.#listeners) listener(change)
    changed()
  }
}
