/** Failed logins from one peer after which it has to wait. */
export const freeAttempts = 5
/** The longest wait. */
export const maxWaitMs = 300_000
const maxPeers = 10_000

interface Failures {
  count: number
  until: number
}

/** Slows down guessing: after five failures a peer waits 1 s, then twice as long each time, up to five minutes. */
export class Attempts {
  readonly #now: () => number
  readonly #byPeer = new Map<string, Failures>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Milliseconds that this peer still has to wait; 0 when it may try. */
  waitMs(peer: string): number {
    return Math.max(0, (this.#byPeer.get(peer)?.until ?? 0) - this.#now())
  }

  /** Counts a failure. */
  failed(peer: string): void {
    const failures = this.#byPeer.get(peer) ?? { count: 0, until: 0 }
    failures.count += 1
    const excess = failures.count - freeAttempts
    if (excess >= 0) failures.until = this.#now() + Math.min(maxWaitMs, 1000 * 2 ** Math.min(excess, 20))
    this.#byPeer.delete(peer)
    this.#byPeer.set(peer, failures)
    const oldest = this.#byPeer.keys().next()
    if (this.#byPeer.size > maxPeers && oldest.done !== true) this.#byPeer.delete(oldest.value)
  }

  /** Forgets the failures of a peer that got in. */
  succeeded(peer: string): void {
    this.#byPeer.delete(peer)
  }
}
