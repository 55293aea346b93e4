import type { AlertsService } from '../alerts-service.ts'
import { AlertsError } from '../alerts-error.ts'
import { leadingRule, scoreCase } from '../incident/case.ts'
import type { Case } from '../incident/case.ts'
import { detail, summarize } from '../incident/incident.ts'
import type { Incident } from '../incident/incident.ts'
import { giveVerdict, setIncidentState } from '../verdict/give-verdict.ts'
import type { ApiCall, ApiRoute } from './api.ts'
import { requiredText } from './api.ts'

const maxListed = 200

function found(service: AlertsService, id: string): Incident {
  const incident = service.book.find(id)
  if (incident !== undefined) return incident
  throw new AlertsError('ALERTS_NOT_FOUND', `there is no incident ${id}`)
}

function list(service: AlertsService, { query }: ApiCall): unknown {
  const state = query.get('state') ?? 'open'
  const incidents = service.book
    .incidents()
    .filter((incident) => state === 'all' || incident.state === state)
    .toSorted((a, b) => b.score - a.score || b.body.lastMs - a.body.lastMs)
    .slice(0, maxListed)
    .map((incident) => summarize(incident))
  return { incidents, quiet: service.book.quiet(20).map(quietCase) }
}

function quietCase(one: Case): unknown {
  return {
    title: leadingRule(one)?.title ?? '',
    score: scoreCase(one),
    count: one.count,
    last: new Date(one.lastMs).toISOString(),
    layers: [...one.layers],
    entities: [...one.entities.values()].slice(0, 3),
  }
}

function show(service: AlertsService, id: string): unknown {
  const incident = found(service, id)
  incident.viewedMs ??= service.context.clock.now()
  const rules = new Map(Array.from(incident.body.groups.values(), ({ rule }) => [rule.id, rule]))
  const runbooks = Array.from(rules.values(), (rule) => {
    return {
      rule: rule.id,
      name: rule.name,
      title: rule.title,
      author: rule.author,
      runbook: service.judge.rules.runbook(rule.id),
    }
  })
  return { ...detail(incident), runbooks }
}

/** Incidents: list, one with its runbooks, verdict, close and reopen; filters; load. */
export function incidentRoutes(service: AlertsService): ApiRoute {
  return async (call) => {
    const [what, id, act] = call.path
    const route = `${call.method} ${what ?? ''}${id === undefined ? '' : '/:id'}${act === undefined ? '' : `/${act}`}`
    switch (route) {
      case 'GET incidents':
        return list(service, call)
      case 'GET incidents/:id':
        return show(service, id ?? '')
      case 'POST incidents/:id/verdict':
        return await giveVerdict(service, found(service, id ?? ''), call.body)
      case 'POST incidents/:id/close':
      case 'POST incidents/:id/reopen':
        return setIncidentState(service, found(service, id ?? ''), {
          state: act === 'close' ? 'closed' : 'open',
          actor: requiredText(call.body, 'actor', 128),
          reason: requiredText(call.body, 'reason', 500),
        })
      case 'GET filters':
        return { filters: service.filters.list() }
      case 'DELETE filters/:id':
        return removeFilter(service, id ?? '', call)
      case 'GET load':
        return { load: service.load.week(service.context.clock.now()) }
      case 'GET status':
        return status(service)
      default:
        return undefined
    }
  }
}

function removeFilter(service: AlertsService, id: string, { body }: ApiCall): unknown {
  const actor = requiredText(body, 'actor', 128)
  if (!service.filters.remove(id)) throw new AlertsError('ALERTS_NOT_FOUND', `there is no filter ${id}`)
  service.recompile()
  service.context.emit(service.context.events.admin({ op: 'filter-remove', actor, to: id }, 'success'))
  return { removed: id }
}

function status(service: AlertsService): unknown {
  const { rules, state } = service.judge
  return {
    time: new Date(service.context.clock.now()).toISOString(),
    ...service.progress(),
    ...service.head(),
    trouble: service.trouble(60_000) ?? null,
    rules: rules.set.rules.length,
    correlations: rules.set.correlations.length,
    problems: rules.problems,
    windows: state,
    book: service.book.state,
    silence: service.findings.active(),
    watched: service.house.agents(),
  }
}
