import type { Context, Hono } from 'hono'
import type { Logger } from '@sevenfold/layer'
import type { Attempts } from '../access/attempts.ts'
import type { GatePolicy } from '../access/guard.ts'
import type { Backend } from '../backend/backend.ts'
import type { OneTimeLinks } from '../session/one-time-links.ts'
import { mayAct } from '../session/role.ts'
import type { Role } from '../session/role.ts'
import type { Session, Sessions } from '../session/sessions.ts'
import type { Users } from '../session/users.ts'
import type { Asset } from './assets.ts'

/** What somebody did at the console; the process writes it as an event. */
export interface ConsoleAct {
  readonly kind:
    | 'login'
    | 'login-failed'
    | 'logout'
    | 'unban'
    | 'mode'
    | 'verdict'
    | 'playbook'
    | 'silence'
    | 'refused'
  readonly actor: string
  readonly peer: string
  readonly detail?: string
}

/** Everything the application needs from its process. */
export interface ConsoleServices {
  readonly backend: Backend
  readonly links: OneTimeLinks
  readonly sessions: Sessions
  readonly users: Users
  readonly assets: ReadonlyMap<string, Asset>
  readonly gate: GatePolicy
  readonly isTrustedPeer: (peer: string | undefined) => boolean
  readonly secure: boolean
  readonly now: () => number
  readonly log: Pick<Logger, 'error' | 'warn'>
  readonly record: (act: ConsoleAct) => void
}

/** What a request carries through the application. */
export interface ConsoleEnv {
  Bindings: { incoming: { socket: { remoteAddress?: string | undefined } } }
  Variables: { session: Session; peer: string }
}

/** A request inside the application. */
export type ConsoleContext = Context<ConsoleEnv>

/** The application with what its routes share. */
export interface ConsoleRoutes {
  readonly app: Hono<ConsoleEnv>
  readonly services: ConsoleServices
  readonly attempts: Attempts
}

/** Refuses a request in the form that the page understands. */
export function refuse(
  c: ConsoleContext,
  status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421 | 429 | 502 | 503,
  code: string,
): Response {
  return c.json({ error: { code } }, status)
}

/** Refuses when the session's role may not act; null when it may. */
export function requireRole(c: ConsoleContext, needed: Role): Response | null {
  return mayAct(c.get('session').role, needed) ? null : refuse(c, 403, 'SESSION_ROLE')
}
