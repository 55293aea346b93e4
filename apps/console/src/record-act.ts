import type { EventBuilder, EventDraft } from '@sevenfold/event'
import type { ConsoleAct } from './http/console-routes.ts'

/** The event of what somebody did at the console. */
export function eventOfAct(events: EventBuilder, act: ConsoleAct): EventDraft {
  switch (act.kind) {
    case 'login':
    case 'login-failed':
      return events.authentication({
        outcome: act.kind === 'login' ? 'success' : 'failure',
        userName: act.actor,
        clientAddress: act.peer,
        site: 'console',
        ...(act.detail === undefined ? {} : { reason: act.detail }),
      })
    case 'logout':
    case 'unban':
    case 'mode':
    case 'verdict':
    case 'playbook':
    case 'silence':
    case 'refused': {
      const reason = act.detail === undefined ? {} : { reason: act.detail }
      return events.admin(
        { op: `console-${act.kind}`, actor: act.actor, ...reason },
        act.kind === 'refused' ? 'failure' : 'success',
      )
    }
  }
}
