import type { ServerResponse } from 'node:http'
import { matches } from '../query/matches.ts'
import type { QueryNode } from '../query/query-node.ts'

/** Most listeners at one time. */
export const maxListeners = 64
/** A listener that leaves this many bytes unread misses events until it has read them; it is told how many. */
export const maxUnreadBytes = 1_048_576
const keepAliveMs = 15_000

interface Listener {
  readonly response: ServerResponse
  readonly query: QueryNode
  missed: number
}

/** `GET /v1/tail?query=`: new events as server-sent events, one line of the log each. Needs no database. */
export class LiveTail {
  readonly #listeners = new Set<Listener>()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.#keepAlive(), keepAliveMs)
  }

  /** Listeners now. */
  get size(): number {
    return this.#listeners.size
  }

  /** Answers a request with the stream; false when there are too many listeners. */
  open(response: ServerResponse, query: QueryNode): boolean {
    if (this.#listeners.size >= maxListeners) return false
    const listener: Listener = { response, query, missed: 0 }
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.write(': live\n\n')
    this.#listeners.add(listener)
    response.on('close', () => this.#listeners.delete(listener))
    response.on('error', () => this.#listeners.delete(listener))
    return true
  }

  /** Gives an event to whom it may concern. `line` is the event's line, which holds no line break. */
  push(event: unknown, line: string): void {
    for (const listener of this.#listeners) {
      if (!matches(listener.query, event)) continue
      const { response } = listener
      if (response.writableLength > maxUnreadBytes) {
        listener.missed += 1
        continue
      }
      if (listener.missed > 0) {
        response.write(`event: missed\ndata: ${listener.missed}\n\n`)
        listener.missed = 0
      }
      response.write(`data: ${line}\n\n`)
    }
  }

  #keepAlive(): void {
    for (const { response } of this.#listeners) response.write(': still here\n\n')
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#timer)
    for (const { response } of this.#listeners) response.end()
    this.#listeners.clear()
  }
}
