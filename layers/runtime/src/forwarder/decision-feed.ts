import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Decision, DecisionDelta } from '@sevenfold/event'
import { decodeDecisionDelta } from '@sevenfold/event'
import type { Clock, Timer } from '@sevenfold/layer'

/** What a feed is made with. */
export interface DecisionFeedOptions {
  /** Begins `GET path` at detection, on this host or on another. */
  readonly request: (path: string, headers: Readonly<Record<string, string>>) => ClientRequest
  readonly clock: Clock
  /** Called with what has changed for sensors. */
  readonly onChange: (add: readonly Decision[], remove: readonly number[]) => void
}

const firstPauseMs = 500
const longestPauseMs = 10_000
/** A comment comes every 15 s. */
const silenceMs = 45_000
const maxUnread = 16_777_216
/** Decisions that are kept for sensors. */
export const maxKept = 20_000

/**
 * Users and sessions that detection keeps out, from its live stream. Addresses are the edge's to refuse. While detection
 * is down the list stays as it is: decisions end by their own time.
 */
export class DecisionFeed {
  readonly #options: DecisionFeedOptions
  readonly #kept = new Map<number, Decision>()
  #request: ClientRequest | undefined
  #timer: Timer | undefined
  #pauseMs = firstPauseMs
  #isStopped = false

  constructor(options: DecisionFeedOptions) {
    this.#options = options
    this.#connect()
  }

  /** Decisions in force, for a sensor that has come. */
  all(): readonly Decision[] {
    return [...this.#kept.values()]
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#request?.destroy()
  }

  #connect(): void {
    const request = this.#options.request('/v1/decisions/live', { host: 'localhost' })
    this.#request = request
    request.on('response', (response) => this.#read(request, response))
    request.on('error', () => this.#lost(request))
    request.end()
    this.#expectLife(request)
  }

  #expectLife(request: ClientRequest): void {
    this.#timer?.cancel()
    this.#timer = this.#options.clock.after(silenceMs, () => request.destroy(new Error('silence')))
  }

  #lost(request: ClientRequest): void {
    if (this.#request !== request || this.#isStopped) return
    this.#request = undefined
    request.destroy()
    this.#timer?.cancel()
    this.#timer = this.#options.clock.after(this.#pauseMs, () => this.#connect())
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
  }

  #read(request: ClientRequest, response: IncomingMessage): void {
    if (response.statusCode !== 200) return this.#lost(request)
    let unread = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      this.#expectLife(request)
      unread += text
      const blocks = unread.split('\n\n')
      unread = blocks.pop() ?? ''
      if (unread.length > maxUnread || !blocks.every((block) => this.#take(block))) request.destroy()
    })
    response.on('close', () => this.#lost(request))
  }

  /** False for an event that cannot be read: the next connection brings everything anew. */
  #take(block: string): boolean {
    const field = (name: string): string | undefined =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2)
    const event = field('event')
    const data = field('data')
    if (data === undefined || (event !== 'snapshot' && event !== 'delta')) return true
    const decoded = decodeDecisionDelta(data)
    if (!decoded.ok) return false
    this.#pauseMs = firstPauseMs
    if (event === 'snapshot') this.#replace(decoded.value)
    else this.#apply(decoded.value.add, decoded.value.remove)
    return true
  }

  #replace({ add }: DecisionDelta): void {
    const present = new Set(add.map(({ id }) => id))
    const gone = [...this.#kept.keys()].filter((id) => !present.has(id))
    this.#apply(
      add.filter(({ id }) => !this.#kept.has(id)),
      gone,
    )
  }

  #apply(add: readonly Decision[], remove: readonly number[]): void {
    const fresh = add
      .filter(({ scope }) => scope === 'username' || scope === 'session')
      .slice(0, Math.max(0, maxKept - this.#kept.size))
    const gone = remove.filter((id) => this.#kept.delete(id))
    for (const decision of fresh) this.#kept.set(decision.id, decision)
    if (fresh.length > 0 || gone.length > 0) this.#options.onChange(fresh, gone)
  }
}
