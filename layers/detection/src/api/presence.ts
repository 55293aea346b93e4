import type { Json } from '@sevenfold/event'

/** What is remembered of one bouncer or machine since this process started. */
export interface Seen {
  /** ISO 8601 UTC. */
  readonly lastSeen: string
  readonly address: string
  readonly agent: string
  /** The last usage metrics that it sent, as they came. */
  readonly metrics?: Json
}

const maxSeen = 10_000

/** When bouncers and machines were last there, and what they said of themselves. */
export class Presence {
  readonly #now: () => number
  readonly #seen = new Map<string, Seen>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Notes that somebody asked. `name` is `bouncer NAME` or `machine NAME`. */
  note(name: string, from: { address: string; agent: string }, metrics?: Json): void {
    const before = this.#seen.get(name)
    const kept = metrics ?? before?.metrics
    if (before === undefined && this.#seen.size >= maxSeen) return
    this.#seen.set(name, {
      lastSeen: new Date(this.#now()).toISOString(),
      address: from.address,
      agent: from.agent.slice(0, 200),
      ...(kept === undefined ? {} : { metrics: kept }),
    })
  }

  get(name: string): Seen | undefined {
    return this.#seen.get(name)
  }

  /** Forgets one that was removed. */
  forget(name: string): void {
    this.#seen.delete(name)
  }
}
