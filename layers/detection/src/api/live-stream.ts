import type { ServerResponse } from 'node:http'
import type { DecisionDelta } from '@sevenfold/event'
import type { Clock, Timer } from '@sevenfold/layer'
import type { DecisionChange } from '../decisions/change-memory.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import { toDecision } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import { decisionRenderer } from './render-decisions.ts'
import { maxStallMs } from './send-text.ts'

/** Most listeners at one time. */
export const maxListeners = 256
/** A listener that leaves this many bytes unread is cut off: it comes back and takes a snapshot. */
export const maxUnreadBytes = 16_777_216
const keepAliveMs = 15_000
/** Deltas that wait behind a snapshot which its listener takes slowly. */
const maxQueued = 10_000
const pieceDecisions = 1_024
// Pieces that are shorter hold the end of the list: nothing is to be waited for.
const pieceLength = 65_536

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
  // Deltas for listeners whose snapshot is still on its way.
  readonly #queued = new Map<ServerResponse, string[]>()
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
    this.#listeners.add(response)
    response.on('close', () => this.#forget(response))
    response.on('error', () => this.#forget(response))
    const render = decisionRenderer(clock.now(), (scope) => scope)
    const { version } = store
    this.#queued.set(response, [])
    void this.#sendSnapshot(response, { version, pieces: piecesOf(add, render) }) // ends in #forget whatever happens
    return true
  }

  #forget(response: ServerResponse): void {
    this.#listeners.delete(response)
    this.#queued.delete(response)
  }

  /** A large snapshot is written piece by piece: others are served meanwhile, and its own deltas wait behind it. */
  async #sendSnapshot(
    response: ServerResponse,
    { version, pieces }: { version: number; pieces: Iterable<string> },
  ): Promise<void> {
    response.write(`event: snapshot\nid: ${version}\ndata: {"version":${version},"add":[`)
    for (const piece of pieces) {
      response.write(piece)
      if (piece.length < pieceLength) continue
      await new Promise(setImmediate)
      while (response.writableNeedDrain && !response.destroyed) await this.#drained(response)
      if (response.destroyed || response.writableEnded) return
    }
    response.write('],"remove":[]}\n\n')
    const waiting = this.#queued.get(response) ?? []
    this.#queued.delete(response)
    for (const text of waiting) this.#send(response, text)
  }

  #drained(response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(maxStallMs, () => response.destroy())
      const finish = (): void => {
        timer.cancel()
        response.off('drain', finish)
        response.off('close', finish)
        resolve()
      }
      response.once('drain', finish)
      response.once('close', finish)
    })
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
    const queue = this.#queued.get(listener)
    if (queue !== undefined) {
      if (queue.push(text) > maxQueued) listener.destroy() // it comes back and takes a snapshot
      return
    }
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

function* piecesOf(
  decisions: readonly StoredDecision[],
  render: (decision: StoredDecision) => string,
): Generator<string> {
  for (let at = 0; at < decisions.length; at += pieceDecisions) {
    const piece = decisions
      .slice(at, at + pieceDecisions)
      .map(render)
      .join(',')
    yield at === 0 ? piece : `,${piece}`
  }
}

function frame(event: 'delta', delta: DecisionDelta): string {
  return `event: ${event}\nid: ${delta.version}\ndata: ${JSON.stringify(delta)}\n\n`
}
