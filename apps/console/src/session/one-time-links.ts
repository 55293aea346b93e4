import { hashToken } from './secret.ts'
import type { Role } from './role.ts'

/** A link can be used for this long. */
export const linkLifetimeMs = 600_000
/** Open links at once; the oldest is dropped beyond. */
export const maxOpenLinks = 16

/** Time and randomness of the session code; tests pass their own. */
export interface SessionSources {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** At least 128 bits as URL-safe text. */
  readonly newToken: () => string
}

interface OpenLink {
  readonly role: Role
  readonly expiresAt: number
}

/** One-time links: made by whoever may read the data folder, used once, within ten minutes. */
export class OneTimeLinks {
  readonly #sources: SessionSources
  readonly #open = new Map<string, OpenLink>()

  constructor(sources: SessionSources) {
    this.#sources = sources
  }

  /** A new token for `role`. */
  create(role: Role): string {
    const oldest = this.#open.keys().next()
    if (this.#open.size >= maxOpenLinks && oldest.done !== true) this.#open.delete(oldest.value)
    const token = this.#sources.newToken()
    this.#open.set(hashToken(token), { role, expiresAt: this.#sources.now() + linkLifetimeMs })
    return token
  }

  /** The role behind a token, once; null when it is unknown, used or too old. */
  redeem(token: string): Role | null {
    const hash = hashToken(token)
    const link = this.#open.get(hash)
    if (link === undefined) return null
    this.#open.delete(hash)
    return link.expiresAt > this.#sources.now() ? link.role : null
  }
}
