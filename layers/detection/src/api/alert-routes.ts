import { alertFilter, askedLimit } from '../alerts/alert-filter.ts'
import { readAlerts } from '../alerts/read-alert.ts'
import type { StoredAlert } from '../alerts/alert.ts'
import type { Reporter } from '../desk/reporter.ts'
import { actorOf, answer, answerText, notFound, refuseCall } from './call.ts'
import type { Call, Caller, Route } from './call.ts'
import { readBulkJson } from './read-json.ts'
import { decisionRenderer } from './render-decisions.ts'
import type { Services } from './services.ts'

/** CrowdSec's alert endpoints: machines report, and look at what they reported. */
export class AlertRoutes {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  routes(): readonly Route[] {
    return [
      { method: 'POST', path: /^\/v1\/alerts$/, access: 'machine', run: (call) => this.#take(call) },
      { method: 'GET', path: /^\/v1\/alerts$/, access: 'machine', run: (call) => this.#search(call) },
      {
        method: 'DELETE',
        path: /^\/v1\/alerts$/,
        access: 'machine',
        run: (call) => this.#removeMatching(call),
      },
      {
        method: 'GET',
        path: /^\/v1\/alerts\/(\d{1,15})$/,
        access: 'machine',
        run: (call) => this.#one(call),
      },
      {
        method: 'DELETE',
        path: /^\/v1\/alerts\/(\d{1,15})$/,
        access: 'machine',
        run: (call) => this.#removeOne(call),
      },
    ]
  }

  async #take({ request, response, caller }: Call): Promise<void> {
    const body = await readBulkJson(request)
    if (!body.ok)
      return refuseCall(response, {
        status: body.status,
        code: 'DETECTION_BAD_REQUEST',
        message: body.message,
      })
    const alerts = readAlerts(body.value)
    const reporter = reporterOf(caller)
    const ids: string[] = []
    for (const alert of alerts) {
      const taken = this.#services.desk.take(alert, reporter)
      if (taken !== undefined) ids.push(String(taken.id))
    }
    await this.#services.kept()
    return answer(response, 201, ids)
  }

  /** A machine sees its own alerts; one that is trusted, and the socket, see all. */
  #mayUse(caller: Caller, alert: StoredAlert): boolean {
    return caller.kind !== 'machine' || caller.machine.trusted || alert.machine_id === caller.machine.name
  }

  #text(alert: StoredAlert, withDecisions: boolean): string {
    const { decisionIds, ...facts } = alert
    const { store, clock } = this.#services
    const render = decisionRenderer(clock.now())
    const decisions = withDecisions ? decisionIds.flatMap((id) => store.get(id) ?? []).map(render) : []
    return `${JSON.stringify(facts).slice(0, -1)},"decisions":[${decisions.join(',')}]}`
  }

  #matching({ url, caller }: Call): readonly StoredAlert[] {
    const { alerts, store, clock } = this.#services
    const filter = alertFilter(url.searchParams, store, clock.now())
    return alerts.newestFirst().filter((alert) => this.#mayUse(caller, alert) && filter(alert))
  }

  #search(call: Call): void {
    const parameters = call.url.searchParams
    const limit = askedLimit(parameters)
    const found = this.#matching(call).slice(0, limit)
    const withDecisions = parameters.get('with_decisions') !== 'false'
    const ordered = parameters.get('sort')?.toLowerCase() === 'asc' ? found.toReversed() : found
    answerText(call.response, 200, `[${ordered.map((alert) => this.#text(alert, withDecisions)).join(',')}]`)
  }

  #one({ response, captured, caller }: Call): void {
    const alert = this.#services.alerts.get(Number(captured[0]))
    if (alert === undefined || !this.#mayUse(caller, alert)) return notFound(response, 'object not found')
    answerText(response, 200, this.#text(alert, true))
  }

  /** Removes alerts and ends the decisions that they led to, as CrowdSec does. */
  #remove(found: readonly StoredAlert[], actor: string): number {
    const { alerts, store, desk, onAct } = this.#services
    const removed = found.filter(({ id }) => alerts.remove(id))
    const ended = store.removeAll(
      removed.flatMap(({ decisionIds }) => decisionIds),
      'alert deleted',
    )
    for (const decision of ended) desk.announceEnd(decision, `its alert was deleted by ${actor}`)
    if (removed.length > 0)
      onAct({ op: 'alert-remove', actor, reason: `${removed.length} alerts, ${ended.length} decisions` })
    return removed.length
  }

  #removeOne({ response, captured, caller }: Call): void {
    const alert = this.#services.alerts.get(Number(captured[0]))
    if (alert === undefined || !this.#mayUse(caller, alert)) return notFound(response, 'object not found')
    return answer(response, 200, { nbDeleted: String(this.#remove([alert], actorOf(caller, undefined))) })
  }

  #removeMatching(call: Call): void {
    const count = this.#remove(this.#matching(call), actorOf(call.caller, undefined))
    return answer(call.response, 200, { nbDeleted: String(count) })
  }
}

function reporterOf(caller: Caller): Reporter {
  if (caller.kind !== 'machine') return { kind: 'local', actor: 'local' }
  return { kind: 'machine', name: caller.machine.name, trusted: caller.machine.trusted }
}
