import { hashToken, sameSecret } from './secret.ts'
import type { SessionSources } from './one-time-links.ts'
import type { Role } from './role.ts'

/** Sessions at once; the longest unused one ends beyond. */
export const maxSessions = 256

/** Somebody who is logged in. */
export interface Session {
  readonly name: string
  readonly role: Role
  /** Must come back in `X-Sevenfold-Csrf` with every change. */
  readonly csrf: string
}

interface Kept extends Session {
  readonly endsAt: number
  lastUsedAt: number
}

/** How long sessions last. */
export interface SessionLimits {
  readonly idleMs: number
  readonly maxMs: number
}

/** Sessions in memory: they end with the process, and only hashes of their ids are kept. */
export class Sessions {
  readonly #sources: SessionSources
  readonly #limits: SessionLimits
  readonly #kept = new Map<string, Kept>()

  constructor(sources: SessionSources, limits: SessionLimits) {
    this.#sources = sources
    this.#limits = limits
  }

  /** Starts a session and gives the secret id for the cookie. */
  start(name: string, role: Role): { readonly id: string; readonly session: Session } {
    this.#dropEnded()
    if (this.#kept.size >= maxSessions) this.#dropLongestUnused()
    const now = this.#sources.now()
    const id = this.#sources.newToken()
    const kept: Kept = {
      name,
      role,
      csrf: this.#sources.newToken(),
      endsAt: now + this.#limits.maxMs,
      lastUsedAt: now,
    }
    this.#kept.set(hashToken(id), kept)
    return { id, session: kept }
  }

  /** The session behind a cookie value; null when there is none or it has ended. Counts as use. */
  find(id: string): Session | null {
    const hash = hashToken(id)
    const kept = this.#kept.get(hash)
    if (kept === undefined) return null
    if (this.#hasEnded(kept)) {
      this.#kept.delete(hash)
      return null
    }
    kept.lastUsedAt = this.#sources.now()
    return kept
  }

  /** Ends a session. */
  end(id: string): void {
    this.#kept.delete(hashToken(id))
  }

  #hasEnded(kept: Kept): boolean {
    const now = this.#sources.now()
    return now >= kept.endsAt || now >= kept.lastUsedAt + this.#limits.idleMs
  }

  #dropEnded(): void {
    for (const [hash, kept] of this.#kept) if (this.#hasEnded(kept)) this.#kept.delete(hash)
  }

  #dropLongestUnused(): void {
    let victim: readonly [string, Kept] | undefined
    for (const entry of this.#kept)
      if (victim === undefined || entry[1].lastUsedAt < victim[1].lastUsedAt) victim = entry
    if (victim !== undefined) this.#kept.delete(victim[0])
  }
}

/** True when the CSRF token of a change is the session's own. */
export function hasCsrf(session: Session, token: string | undefined): boolean {
  return token !== undefined && sameSecret(session.csrf, token)
}
