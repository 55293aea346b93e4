import { metaOf } from '@sevenfold/behaviour'
import type { Signal } from './signal.ts'

/** Requests of the edge that are remembered, and for how long. */
export const maxTraces = 50_000
export const traceMemoryMs = 60_000
/** Lines of application logs that wait for the edge's event of the same request, and for how long. */
export const maxWaiting = 20_000
export const confirmationMs = 3_000

interface Seen {
  readonly address: string
  readonly atMs: number
}

interface Waiting {
  readonly signal: Signal
  readonly atMs: number
}

/**
 * Joins application logs with the edge by the id of the request. A line that carries such an id is about a request
 * that came through the edge, so the edge's word about the client's address counts and not the log's; and an answered
 * request is counted once, by the edge. A line whose id the edge never confirms (the edge is off, or the id was made
 * up by a client that went around it) counts with the address that the application itself saw.
 */
export class TraceBook {
  readonly #seen = new Map<string, Seen>()
  #waiting = new Map<string, Waiting[]>()
  #waitingCount = 0
  #dropped = 0

  /** Lines that found no room to wait; they were judged at once. */
  get overflowed(): number {
    return this.#dropped
  }

  /** Notes a request that the edge saw. Returns lines that waited for it, now with the edge's address. */
  confirm(signal: Signal, nowMs: number): Signal[] {
    if (signal.trace === '') return []
    const address = metaOf(signal.event, 'source_ip')
    if (this.#seen.size >= maxTraces) this.#forgetOldest()
    this.#seen.set(signal.trace, { address, atMs: nowMs })
    const waiting = this.#waiting.get(signal.trace) ?? []
    this.#waiting.delete(signal.trace)
    this.#waitingCount -= waiting.length
    return waiting.flatMap((entry) => confirmed(entry.signal, address))
  }

  /** Takes a line of an application's log. Returns what can be judged now. */
  take(signal: Signal, nowMs: number): Signal[] {
    if (signal.trace === '') return [signal]
    const seen = this.#seen.get(signal.trace)
    if (seen !== undefined) return confirmed(signal, seen.address)
    if (this.#waitingCount >= maxWaiting) {
      this.#dropped += 1
      return [signal]
    }
    const waiting = this.#waiting.get(signal.trace) ?? []
    waiting.push({ signal, atMs: nowMs })
    this.#waiting.set(signal.trace, waiting)
    this.#waitingCount += 1
    return []
  }

  /** Lines that waited long enough without a word from the edge. Call it about once a second. */
  expire(nowMs: number): Signal[] {
    for (const [trace, seen] of this.#seen) {
      if (nowMs - seen.atMs <= traceMemoryMs) break
      this.#seen.delete(trace)
    }
    const ready: Signal[] = []
    for (const [trace, waiting] of this.#waiting) {
      // Oldest first: the map keeps the order in which traces came.
      if (nowMs - (waiting[0]?.atMs ?? nowMs) < confirmationMs) break
      ready.push(...waiting.map((entry) => entry.signal))
      this.#waiting.delete(trace)
      this.#waitingCount -= waiting.length
    }
    return ready
  }

  #forgetOldest(): void {
    const [oldest] = this.#seen.keys()
    if (oldest !== undefined) this.#seen.delete(oldest)
  }
}

/** The line with the edge's address; nothing for an answered request, which the edge's own event has counted. */
function confirmed(signal: Signal, address: string): Signal[] {
  if (metaOf(signal.event, 'log_type') === 'http_access-log') return []
  const { time, meta } = signal.event
  return [{ ...signal, origin: 'edge', event: { time, meta: { ...meta, source_ip: address } } }]
}
