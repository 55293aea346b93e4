import type { ServerResponse } from 'node:http'
import type { DecisionDelta } from '@sevenfold/event'
import type { Clock, Timer } from '@sevenfold/layer'
import type { DecisionChange } from '../decisions/change-memory.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import { toDecision } from '../decisions/stored-decision.ts'

/** Most listeners at one time. */
export const maxListeners = 256
/** A listener that leaves this many bytes unread is cut off: it comes back and takes a snapshot. */
export const maxUnreadBytes = 16_777_216
const keepAliveMs = 15_000

/** What a live stream needs. */
export interface LiveStreamOptions {
  readonly store: DecisionStore
  readonly clock: Clock
}

/**
 * `GET /v1/decisions/live`: server-sent events, first `snapshot` with every active decision, then a `delta` for each
 * change, pushed the moment it is made. Simulated decisions are left out.
 */
export class LiveStream {
  readonly #options: LiveStreamOptions
  readonly #listeners = new Set<ServerResponse>()
  readonly #stopListening: () => void
  #timer: Timer | undefined

  constructor(options: LiveStreamOptions) {
    this.#options = options
    this.#stopListening = options.store.onChange((change) => this.#push(change))
    this.#keepAlive()
  }

  /** Listeners now. */
  get size(): number {
    return this.#listeners.size
  }

  /** Answers a request with the stream; false when there are too many listeners. */
  open(response: ServerResponse): boolean {
    if (this.#listeners.size >= maxListeners) return false
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const { store, clock } = this.#options
    const add = store.active().filter((decision) => !decision.simulated)
    const now = clock.now()
    this.#listeners.add(response)
    response.on('close', () => this.#listeners.delete(response))
    response.on('error', () => this.#listeners.delete(response))
    response.write(
      frame('snapshot', { version: store.version, add: add.map((d) => toDecision(d, now)), remove: [] }),
    )
    return true
  }

  #push(change: DecisionChange): void {
    const now = this.#options.clock.now()
    const given = change.add.filter((decision) => !decision.simulated)
    // A change of simulated decisions is an empty delta: the version still grows by one.
    const text = frame('delta', {
      version: change.version,
      add: given.map((decision) => toDecision(decision, now)),
      remove: change.remove.filter((decision) => !decision.simulated).map((decision) => decision.id),
    })
    for (const listener of this.#listeners) this.#send(listener, text)
  }

  #send(listener: ServerResponse, text: string): void {
    if (listener.writableLength > maxUnreadBytes) {
      this.#listeners.delete(listener)
      listener.destroy()
      return
    }
    listener.write(text)
  }

  #keepAlive(): void {
    this.#timer = this.#options.clock.after(keepAliveMs, () => {
      for (const listener of this.#listeners) this.#send(listener, ': still here\n\n')
      this.#keepAlive()
    })
  }

  /** Ends every stream. */
  close(): void {
    this.#timer?.cancel()
    this.#stopListening()
    for (const listener of this.#listeners) listener.end()
    this.#listeners.clear()
  }
}

function frame(event: 'snapshot' | 'delta', delta: DecisionDelta): string {
  return `event: ${event}\nid: ${delta.version}\ndata: ${JSON.stringify(delta)}\n\n`
}
