import { randomUUID } from 'node:crypto'
import type { Account, Session } from './session.ts'

/** Number of the first session. */
export const firstSessionNumber = 1000

/** Most sessions kept; the oldest goes first. */
export const maxSessions = 20_000

/** All sessions of the shop, in memory. */
export interface SessionStore {
  find(id: string | undefined): Session | undefined
  create(account?: Account): Session
  clear(): void
}

/** `predictable` numbers the sessions (the flaw `session-predictable`); otherwise they are random. */
export function createSessionStore(predictable: boolean): SessionStore {
  const sessions = new Map<string, Session>()
  let next = firstSessionNumber
  return {
    find: (id) => (id === undefined ? undefined : sessions.get(id)),
    create: (account) => {
      const id = predictable ? String(next++) : randomUUID()
      const session: Session = { id, cart: [], discountPercent: 0, preferences: {} }
      if (account !== undefined) session.account = account
      sessions.set(id, session)
      const oldest = sessions.size > maxSessions ? sessions.keys().next().value : undefined
      if (oldest !== undefined) sessions.delete(oldest)
      return session
    },
    clear: () => {
      sessions.clear()
      next = firstSessionNumber
    },
  }
}
