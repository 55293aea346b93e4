import type { GoTime } from '../helpers/go-time.ts'
import type { EventRecord } from '../record.ts'

/** One bucket of a hub scenario. Times in milliseconds since 1970, with fractions. */
export interface HubBucket {
  /** Number of the scenario that made it. */
  readonly scenario: number
  /** Where it is kept: scenarios that share buckets have one slot. */
  readonly slot: number
  /** Value of groupby. */
  readonly key: string
  /** Network that it counts towards when room runs short. */
  readonly network: string
  firstMs: number
  lastMs: number
  first: GoTime
  last: GoTime
  tokens: number
  /** Events poured, with those that the queue has let go. */
  total: number
  readonly queue: EventRecord[]
  /** Values of `distinct`. */
  readonly seen: Set<string> | undefined
  /** Which bayesian conditions were true once. */
  readonly triggered: boolean[] | undefined
}

/** Most distinct values that one bucket remembers; the oldest is forgotten first. */
export const maxSeenValues = 10_000

/** True when the bucket has not seen `value`; remembers it. */
export function isNewTo(seen: Set<string>, value: string): boolean {
  if (seen.has(value)) return false
  if (seen.size >= maxSeenValues) {
    const [oldest] = seen
    if (oldest !== undefined) seen.delete(oldest)
  }
  seen.add(value)
  return true
}

/** Puts an event into the queue, which holds one more than its size. */
export function enqueue(queue: EventRecord[], size: number, record: EventRecord): void {
  if (queue.length > size) queue.splice(0, queue.length - size)
  queue.push(record)
}
