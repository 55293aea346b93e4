import type { ClientRequest, IncomingMessage } from 'node:http'
import { decodeControlRequest, maxControlLineBytes } from '@sevenfold/event'
import type { ControlRequest, ControlResponse } from '@sevenfold/event'
import type { Clock, Timer } from '../clock/clock.ts'
import { refusal } from '../control/control-server.ts'
import type { Logger } from '../log/logger.ts'
import { createBackoff } from '../ship/backoff.ts'
import { controlBeatMs, controlPaths } from './control-paths.ts'
import { jsonPost } from './enrol.ts'
import type { HostLink } from './host-link.ts'

/** What following orders needs. */
export interface ControlChannelOptions {
  readonly link: HostLink
  /** Does what is asked. Never rejects. */
  readonly act: (request: ControlRequest) => Promise<ControlResponse>
  readonly clock: Clock
  readonly log: Logger
}

/** What may be asked from afar: looking, and strengthening. What weakens is for whoever stands at the socket. */
const allowed: ReadonlySet<string> = new Set(['status', 'mode', 'selftest'])
/** Orders at the same time. */
const maxRunning = 8

/** The order as it is carried out: its actor is the backbone, which may strengthen a mode and never weaken one. */
function asBackbone(request: ControlRequest): ControlRequest {
  return { ...request, actor: `backbone:${request.actor}`.slice(0, 128) }
}

/**
 * Waits for orders of the backbone on a connection that this host opens, so that nothing on it listens for them, and
 * answers each. Reconnects for ever.
 */
export class ControlChannel {
  readonly #options: ControlChannelOptions
  readonly #backoff: ReturnType<typeof createBackoff>
  #request: ClientRequest | undefined
  #timer: Timer | undefined
  #silence: Timer | undefined
  #running = 0
  #isStopped = false

  constructor(options: ControlChannelOptions) {
    this.#options = options
    this.#backoff = createBackoff(options.clock, Math.random)
    this.#connect()
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#silence?.cancel()
    this.#request?.destroy()
  }

  #connect(): void {
    const { link, log } = this.#options
    try {
      const request = link.request('ledger', { path: controlPaths.orders, headers: { host: 'sevenfold' } })
      this.#request = request
      request.on('response', (response) => this.#read(request, response))
      request.on('error', () => this.#lost(request))
      request.end()
      this.#expectLife(request)
    } catch (error) {
      log.warn('control-channel-failed', { error })
      this.#lost(undefined)
    }
  }

  #expectLife(request: ClientRequest): void {
    this.#silence?.cancel()
    this.#silence = this.#options.clock.after(controlBeatMs * 3, () => this.#lost(request))
  }

  #lost(request: ClientRequest | undefined): void {
    if (this.#isStopped || request !== this.#request) return
    this.#request = undefined
    request?.destroy()
    this.#silence?.cancel()
    this.#timer = this.#options.clock.after(this.#backoff.next(), () => this.#connect())
  }

  #read(request: ClientRequest, response: IncomingMessage): void {
    response.on('error', () => this.#lost(request))
    response.on('close', () => this.#lost(request))
    if (response.statusCode !== 200) {
      this.#lost(request)
      return
    }
    let unread = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      this.#backoff.reset()
      this.#expectLife(request)
      const lines = (unread + text).split('\n')
      unread = lines.pop() ?? ''
      if (unread.length > maxControlLineBytes) this.#lost(request)
      else for (const line of lines) if (line !== '') void this.#obey(line) // never rejects
    })
  }

  async #obey(line: string): Promise<void> {
    const { link, act, log } = this.#options
    const order = line.length > maxControlLineBytes ? undefined : decodeControlRequest(line)
    if (order?.ok !== true || this.#running >= maxRunning) {
      log.warn('control-order-dropped', {})
      return
    }
    const { id, op } = order.value
    this.#running += 1
    try {
      const answer = allowed.has(op)
        ? await act(asBackbone(order.value))
        : refusal(id, 'CONTROL_BAD_REQUEST', `${op} is done only on the host itself`)
      await link.client('ledger').post(jsonPost(controlPaths.answers, answer))
    } catch (error) {
      log.warn('control-answer-not-sent', { error }) // whoever asked hears that nobody answered
    } finally {
      this.#running -= 1
    }
  }
}
