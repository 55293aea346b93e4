import type { Clock } from '../clock/clock.ts'

/** What strangers may cost before they have shown a certificate. */
export interface HandshakeLimits {
  /** Handshakes under way, of everybody. */
  readonly pending: number
  /** Handshakes under way from one address. */
  readonly pendingEach: number
  /** Failed handshakes from one address in a minute; more connections of it are closed unread for the rest of it. */
  readonly failures: number
  /** Addresses remembered. */
  readonly addresses: number
  /** Longest handshake, in milliseconds. */
  readonly timeoutMs: number
}

/** Limits of every listener for hosts. */
export const handshakeLimits: HandshakeLimits = {
  pending: 128,
  pendingEach: 32,
  failures: 30,
  addresses: 4096,
  timeoutMs: 5_000,
}

const windowMs = 60_000

interface Visitor {
  pending: number
  failures: number
  sinceMs: number
}

/** Lets connections in or not, before a byte of them is read. */
export class HandshakeGate {
  readonly #clock: Clock
  readonly #limits: HandshakeLimits
  readonly #visitors = new Map<string, Visitor>()
  #pending = 0

  constructor(clock: Clock, limits: HandshakeLimits = handshakeLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Handshakes under way. */
  get pending(): number {
    return this.#pending
  }

  /** True when a handshake may begin; it must be ended with `end`. */
  begin(address: string): boolean {
    const visitor = this.#visitor(address)
    const { pending, pendingEach, failures } = this.#limits
    if (this.#pending >= pending || visitor.pending >= pendingEach || visitor.failures >= failures)
      return false
    this.#pending += 1
    visitor.pending += 1
    return true
  }

  /** A handshake is over. */
  end(address: string, succeeded: boolean): void {
    const visitor = this.#visitor(address)
    this.#pending = Math.max(0, this.#pending - 1)
    visitor.pending = Math.max(0, visitor.pending - 1)
    if (!succeeded) visitor.failures += 1
  }

  #visitor(address: string): Visitor {
    const now = this.#clock.monotonicMs()
    const known = this.#visitors.get(address)
    if (known !== undefined) {
      if (now - known.sinceMs >= windowMs) Object.assign(known, { failures: 0, sinceMs: now })
      return known
    }
    for (const [oldest, { pending }] of this.#visitors) {
      if (this.#visitors.size < this.#limits.addresses) break
      if (pending === 0) this.#visitors.delete(oldest)
      else break
    }
    const visitor: Visitor = { pending: 0, failures: 0, sinceMs: now }
    this.#visitors.set(address, visitor)
    return visitor
  }
}
