import type { ClientRequest, IncomingMessage } from 'node:http'
import { decodeDecisionDelta } from '@sevenfold/event'
import type { Clock, Logger, Timer } from '@sevenfold/layer'
import type { BookChange, DecisionBook } from './decision-book.ts'
import { SseParser } from './sse-parser.ts'
import type { ServerSentEvent } from './sse-parser.ts'

/** What following the decisions needs. */
export interface FollowerOptions {
  /** Begins `GET path` at detection, on this host or on another; may throw. */
  readonly request: (path: string, headers: Readonly<Record<string, string>>) => ClientRequest
  readonly book: DecisionBook
  readonly clock: Clock
  readonly log: Logger
  /** Called after the book took a change. */
  readonly onChange: (change: BookChange) => void
  /** 0 to 1, for jitter; default Math.random. */
  readonly random?: () => number
}

const firstPauseMs = 200
const longestPauseMs = 5000
/** The stream sends a comment every 15 s; a longer silence means that the other side is gone without saying so. */
export const silenceMs = 45_000

/**
 * Follows `GET /v1/decisions/live` of the detection layer: a snapshot, then deltas without a gap; reconnects for ever.
 * While detection is down the book stays as it is: decisions end by their own time.
 */
export class DecisionFollower {
  /** True while the stream is open and a snapshot was taken. */
  connected = false
  private readonly options: FollowerOptions
  private request: ClientRequest | null = null
  private pauseMs = firstPauseMs
  private timer: Timer | null = null
  private silence: Timer | null = null
  private stopped = false

  constructor(options: FollowerOptions) {
    this.options = options
  }

  start(): void {
    this.connect()
  }

  stop(): void {
    this.stopped = true
    this.timer?.cancel()
    this.silence?.cancel()
    this.request?.destroy()
  }

  private connect(): void {
    const headers = { host: 'localhost', accept: 'text/event-stream' }
    const request = this.options.request('/v1/decisions/live', headers)
    this.request = request
    request.on('response', (response) => this.read(request, response))
    request.on('error', (error) => this.lost(request, error.message))
    request.end()
    this.expectLife(request)
  }

  private read(request: ClientRequest, response: IncomingMessage): void {
    if (response.statusCode !== 200) {
      this.lost(request, `status ${response.statusCode}`)
      return
    }
    const parser = new SseParser()
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      this.expectLife(request)
      try {
        for (const event of parser.push(text)) this.take(request, event)
      } catch (error) {
        this.lost(request, error instanceof Error ? error.message : 'unreadable stream')
      }
    })
    response.on('end', () => this.lost(request, 'the stream ended'))
    response.on('error', (error) => this.lost(request, error.message))
  }

  private take(request: ClientRequest, event: ServerSentEvent): void {
    if (request !== this.request || (event.event !== 'snapshot' && event.event !== 'delta')) return
    const decoded = decodeDecisionDelta(event.data)
    if (!decoded.ok) throw new Error(`bad ${event.event}: ${decoded.message}`)
    const { book } = this.options
    const change = event.event === 'snapshot' ? book.replace(decoded.value) : book.apply(decoded.value)
    if (change === null) throw new Error(`version ${decoded.value.version} does not follow`)
    if (!this.connected) this.options.log.info('decisions-connected', { version: book.issuerVersion })
    this.connected = true
    this.pauseMs = firstPauseMs
    this.options.onChange(change)
  }

  private expectLife(request: ClientRequest): void {
    this.silence?.cancel()
    this.silence = this.options.clock.after(silenceMs, () => this.lost(request, 'silent for too long'))
  }

  private lost(request: ClientRequest, why: string): void {
    if (request !== this.request || this.stopped) return
    this.request = null
    request.destroy()
    this.silence?.cancel()
    if (this.connected) this.options.log.warn('decisions-lost', { why })
    this.connected = false
    const random = this.options.random ?? Math.random
    const pause = this.pauseMs * (0.75 + random() / 2)
    this.pauseMs = Math.min(longestPauseMs, this.pauseMs * 2)
    this.timer = this.options.clock.after(pause, () => this.connect())
  }
}
