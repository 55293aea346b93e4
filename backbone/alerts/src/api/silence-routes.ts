import { isPartName } from '@sevenfold/event'
import type { AlertsService } from '../alerts-service.ts'
import { AlertsError } from '../alerts-error.ts'
import { isFindingKind, plannedLimits } from '../silence/planned-silences.ts'
import type { PlannedSilence } from '../silence/planned-silences.ts'
import type { ApiCall, ApiRoute } from './api.ts'
import { requiredText } from './api.ts'

function shown({ id, part, kind, fromMs, untilMs, reason, actor }: PlannedSilence): unknown {
  return {
    id,
    part,
    ...(kind === undefined ? {} : { kind }),
    from: new Date(fromMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    reason,
    actor,
  }
}

function plan(service: AlertsService, { body }: ApiCall): unknown {
  const { clock, events } = service.context
  const part = requiredText(body, 'part', 32)
  const { kind, durationMs } = body
  if (!isPartName(part)) throw new AlertsError('ALERTS_BAD_REQUEST', `no part is called ${part}`)
  if (kind !== undefined && !isFindingKind(kind))
    throw new AlertsError('ALERTS_BAD_REQUEST', 'no such kind of silence')
  if (typeof durationMs !== 'number' || !(durationMs > 0) || durationMs > plannedLimits.longestMs)
    throw new AlertsError('ALERTS_BAD_REQUEST', 'durationMs must be above 0 and at most 7 days')
  const [reason, actor] = [requiredText(body, 'reason', 500), requiredText(body, 'actor', 128)]
  const fromMs = clock.now()
  const planned = service.planned.plan({
    part,
    ...(kind === undefined ? {} : { kind }),
    fromMs,
    untilMs: fromMs + durationMs,
    reason,
    actor,
  })
  if (planned === null)
    throw new AlertsError('ALERTS_CONFLICT', `there are ${plannedLimits.most} planned silences`)
  const to = `${part}${kind === undefined ? '' : ` ${kind}`} until ${new Date(planned.untilMs).toISOString()}`
  service.context.emit(events.admin({ op: 'silence-plan', actor, to, reason }, 'success'))
  service.saveSoon()
  return shown(planned)
}

function end(service: AlertsService, id: string, { body }: ApiCall): unknown {
  const actor = requiredText(body, 'actor', 128)
  const ended = service.planned.end(Number(id))
  if (ended === null) throw new AlertsError('ALERTS_NOT_FOUND', `there is no planned silence ${id}`)
  service.context.emit(service.context.events.admin({ op: 'silence-end', actor, to: ended.part }, 'success'))
  service.saveSoon()
  return shown(ended)
}

/** Planned silences: list, plan, end. */
export function silenceRoutes(service: AlertsService): ApiRoute {
  return (call) => {
    const [what, id] = call.path
    if (what !== 'silences') return undefined
    if (call.method === 'GET')
      return {
        planned: service.planned.list(service.context.clock.now()).map(shown),
        active: service.findings.active(),
      }
    if (call.method === 'POST' && id === undefined) return plan(service, call)
    if (call.method === 'DELETE' && id !== undefined) return end(service, id, call)
    return undefined
  }
}
