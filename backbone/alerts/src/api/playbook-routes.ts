import type { AlertsService } from '../alerts-service.ts'
import { AlertsError } from '../alerts-error.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { Run } from '../playbook/playbook-runner.ts'
import type { Playbooks } from '../playbook/playbooks.ts'
import type { ApiCall, ApiRoute } from './api.ts'
import { requiredText } from './api.ts'

function shownRun(run: Run): unknown {
  return { ...run, started: new Date(run.startedMs).toISOString() }
}

function named(playbooks: Playbooks, name: string): Playbook {
  const found = playbooks.runner.playbooks.find((playbook) => playbook.name === name)
  if (found !== undefined) return found
  throw new AlertsError('ALERTS_NOT_FOUND', `there is no playbook ${name}`)
}

async function start(
  service: AlertsService,
  playbooks: Playbooks,
  { path, body }: ApiCall,
): Promise<unknown> {
  const playbook = named(playbooks, path[1] ?? '')
  const incident = service.book.find(requiredText(body, 'incident', 64))
  if (incident === undefined) throw new AlertsError('ALERTS_NOT_FOUND', 'there is no such incident')
  if (body['dryRun'] === true) return { dryRun: true, steps: playbooks.runner.dryRun(playbook, incident) }
  const actor = requiredText(body, 'actor', 128)
  const run = await playbooks.runner.start(playbook, incident)
  run.decidedBy ??= actor
  return shownRun(run)
}

async function act(service: AlertsService, playbooks: Playbooks, { path, body }: ApiCall): Promise<unknown> {
  const [, id = '', what] = path
  const actor = requiredText(body, 'actor', 128)
  const { runner } = playbooks
  // A playbook approves nothing: an approval is a person's.
  if (actor.startsWith('playbook:')) throw new AlertsError('ALERTS_REFUSED', 'a playbook cannot approve')
  if (what === 'undo') return shownRun(await runner.undo(id, actor))
  const incident = service.book.find(runner.runs().find((run) => run.id === id)?.incident ?? '')
  const run = await runner.decide(id, { yes: what === 'approve', actor, incident })
  const { events } = service.context
  service.emit(events.admin({ op: `playbook-${String(what)}`, actor, to: run.id }, 'success'), {
    incident: run.incident,
  })
  return shownRun(run)
}

/** Playbooks: list, run or dry run; runs: list, approve, reject, undo. */
export function playbookRoutes(service: AlertsService, playbooks: Playbooks): ApiRoute {
  return async (call) => {
    const [what, id, verb] = call.path
    const route = `${call.method} ${what ?? ''}${id === undefined ? '' : '/:id'}${verb === undefined ? '' : `/${verb}`}`
    switch (route) {
      case 'GET playbooks':
        return { playbooks: playbooks.runner.playbooks, problems: playbooks.problems() }
      case 'POST playbooks/:id/run':
        return await start(service, playbooks, call)
      case 'GET runs':
        return { runs: playbooks.runner.runs().slice(0, 100).map(shownRun) }
      case 'POST runs/:id/approve':
      case 'POST runs/:id/reject':
      case 'POST runs/:id/undo':
        return await act(service, playbooks, call)
      default:
        return undefined
    }
  }
}
