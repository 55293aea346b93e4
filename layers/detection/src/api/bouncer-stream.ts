import type { DecisionStore } from '../decisions/decision-store.ts'
import { banKey } from '../decisions/stored-decision.ts'
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
  /** False gives every decision on a value and not only the longest. */
  readonly dedup?: boolean
}

/** What a bouncer is given. */
export interface StreamAnswer {
  readonly new: readonly StoredDecision[]
  readonly deleted: readonly StoredDecision[]
  /**
   * To be called once the answer was sent: only then is the client's place moved on, so that an answer that got lost
   * is given again.
   */
  readonly commit: () => void
}

/** Most (bouncer, address) pairs whose place is remembered; the one longest away is forgotten first. */
export const maxCursors = 10_000

/** Answers of CrowdSec's `GET /v1/decisions/stream`: deltas for each bouncer and address. */
export class BouncerStream {
  readonly #store: DecisionStore
  // Version up to which a client knows everything; least recently used first.
  readonly #cursors = new Map<string, number>()

  constructor(store: DecisionStore) {
    this.#store = store
  }

  /** Whether a reader is given everything: it asks for that, or its place is not known any more. */
  isFromStart(client: StreamRequest['client'], startup: boolean): boolean {
    const cursor = startup ? undefined : this.#cursors.get(`${client.bouncer} ${client.address}`)
    return cursor === undefined || this.#store.changesSince(cursor) === undefined
  }

  /** What to answer; nothing is moved on before `commit`. */
  answer(request: StreamRequest): StreamAnswer {
    const key = `${request.client.bouncer} ${request.client.address}`
    const { version } = this.#store
    const cursor = request.startup ? undefined : this.#cursors.get(key)
    const changes = cursor === undefined ? undefined : this.#store.changesSince(cursor)
    const ended = (changes ?? this.#store.remembered()).flatMap(({ remove }) => remove)
    return {
      new:
        changes === undefined
          ? this.#everything(request)
          : this.#current(
              changes.flatMap(({ add }) => add),
              request,
            ),
      deleted: this.#gone(ended, request.filter),
      commit: () => this.#remember(key, version),
    }
  }

  /** The start: one look at each value, since half a million look-ups would take as long as writing the answer. */
  #everything({ filter, dedup }: StreamRequest): StoredDecision[] {
    const all: StoredDecision[] = []
    for (const place of this.#store.byPlace()) {
      if ('id' in place) {
        if (!place.simulated && filter(place)) all.push(place)
        continue
      }
      const seen = place.filter((decision) => !decision.simulated && filter(decision))
      if (dedup === false) all.push(...seen)
      else all.push(...longestOfEachType(seen))
    }
    return all
  }

  /** The longest decision for the same ban that this reader may see: another may be hidden from it. */
  #longest(decision: StoredDecision, filter: DecisionFilter): StoredDecision | undefined {
    let longest: StoredDecision | undefined
    for (const other of this.#store.at(decision)) {
      if (other.simulated || other.type !== decision.type || !filter(other)) continue
      if (other.untilMs > (longest?.untilMs ?? 0)) longest = other
    }
    return longest
  }

  /** Of several decisions for one ban only the longest: bouncers keep one entry for each value. */
  #current(added: readonly StoredDecision[], request: StreamRequest): StoredDecision[] {
    const { filter } = request
    if (request.dedup === false)
      return added.filter(
        (decision) => !decision.simulated && filter(decision) && this.#store.get(decision.id),
      )
    const current: StoredDecision[] = []
    const several = new Set<number>()
    for (const decision of added) {
      if (decision.simulated || !filter(decision)) continue
      const [first, second] = this.#store.at(decision)
      if (second === undefined && first === decision) {
        current.push(decision) // nearly always
        continue
      }
      const longest = this.#longest(decision, filter)
      if (longest === undefined || several.has(longest.id)) continue
      several.add(longest.id)
      current.push(longest)
    }
    return current
  }

  /** What ended and is not held up by another decision for the same ban. */
  #gone(ended: readonly StoredDecision[], filter: DecisionFilter): StoredDecision[] {
    const gone = new Map<string, StoredDecision>()
    for (const decision of ended) {
      if (decision.simulated || !filter(decision) || this.#longest(decision, filter) !== undefined) continue
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

function longestOfEachType(decisions: readonly StoredDecision[]): Iterable<StoredDecision> {
  const longest = new Map<string, StoredDecision>()
  for (const decision of decisions) {
    if (decision.untilMs > (longest.get(decision.type)?.untilMs ?? 0)) longest.set(decision.type, decision)
  }
  return longest.values()
}
