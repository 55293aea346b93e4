import type { DecisionStore } from '../decisions/decision-store.ts'
import { banKey, toCrowdsec } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import type { DecisionFilter } from './decision-filter.ts'

/** Who asks: deltas are kept for each pair, since several machines may share a key. */
export interface BouncerClient {
  readonly bouncer: string
  readonly address: string
}

/** What a bouncer asks for. */
export interface StreamRequest {
  readonly client: BouncerClient
  /** True: everything that is active. False: what changed since this client's last answer. */
  readonly startup: boolean
  readonly filter: DecisionFilter
}

/** Most (bouncer, address) pairs whose place is remembered; the one longest away is forgotten first. */
export const maxCursors = 10_000

type Answer = ReturnType<typeof toCrowdsec>

/** Answers of CrowdSec's `GET /v1/decisions/stream`: deltas for each bouncer and address. */
export class BouncerStream {
  readonly #store: DecisionStore
  readonly #now: () => number
  // Version up to which a client knows everything; least recently used first.
  readonly #cursors = new Map<string, number>()

  constructor(store: DecisionStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /**
   * The answer, and `commit`, to be called once it was sent: only then is the client's place moved on, so that an
   * answer that got lost is given again.
   */
  answer(request: StreamRequest): { body: { new: Answer[]; deleted: Answer[] }; commit: () => void } {
    const key = `${request.client.bouncer} ${request.client.address}`
    const { version } = this.#store
    const cursor = request.startup ? undefined : this.#cursors.get(key)
    const changes = cursor === undefined ? undefined : this.#store.changesSince(cursor)
    const ended = (changes ?? this.#store.remembered()).flatMap((change) => change.remove)
    const added = changes === undefined ? this.#store.active() : changes.flatMap((change) => change.add)
    const now = this.#now()
    const render = (decision: StoredDecision): Answer => toCrowdsec(decision, now)
    return {
      body: {
        new: this.#current(added, request.filter).map(render),
        deleted: this.#gone(ended, request.filter).map(render),
      },
      commit: () => this.#remember(key, version),
    }
  }

  /** Of several decisions for one ban only the longest: bouncers keep one entry for each value. */
  #current(added: readonly StoredDecision[], filter: DecisionFilter): StoredDecision[] {
    const longest = new Map<string, StoredDecision>()
    for (const decision of added) {
      if (decision.simulated || !filter(decision)) continue
      const now = this.#store.longest(decision)
      if (now !== undefined) longest.set(banKey(now), now)
    }
    return [...longest.values()]
  }

  /** What ended and is not held up by another decision for the same ban. */
  #gone(ended: readonly StoredDecision[], filter: DecisionFilter): StoredDecision[] {
    const gone = new Map<string, StoredDecision>()
    for (const decision of ended) {
      if (decision.simulated || !filter(decision) || this.#store.longest(decision) !== undefined) continue
      gone.set(banKey(decision), decision)
    }
    return [...gone.values()]
  }

  #remember(key: string, version: number): void {
    this.#cursors.delete(key)
    this.#cursors.set(key, version)
    if (this.#cursors.size <= maxCursors) return
    const [oldest] = this.#cursors.keys()
    if (oldest !== undefined) this.#cursors.delete(oldest)
  }

  /** Forgets every place of a bouncer that was removed. */
  forget(bouncer: string): void {
    for (const key of this.#cursors.keys()) if (key.startsWith(`${bouncer} `)) this.#cursors.delete(key)
  }
}
