import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { decodeControlRequest } from '@sevenfold/event'
import type { ControlRequest, JsonObject } from '@sevenfold/event'
import { controlBeatMs, hostOf, isHostName } from '@sevenfold/layer'
import type { Clock, Timer } from '@sevenfold/layer'
import { HostsError } from './hosts-error.ts'

/** How long a host may take to answer, in milliseconds. */
export const controlTimeoutMs = 10_000
/** Orders that wait for an answer at a time. */
export const maxWaiting = 64
/** A host that leaves this many bytes of orders unread is cut off. */
const maxUnreadBytes = 262_144

interface Waiting {
  readonly host: string
  readonly settle: (answer: JsonObject) => void
}

/** Hands orders to hosts, each over a connection that the host opened, and their answers back. */
export class ControlRelay {
  readonly #clock: Clock
  readonly #streams = new Map<string, ServerResponse>()
  readonly #waiting = new Map<string, Waiting>()
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#beat()
  }

  /** Takes the stream of a host; the newest one counts. */
  open(request: IncomingMessage, response: ServerResponse): void {
    const name = nameOf(request)
    response.on('error', () => undefined) // the host went away and comes back
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
    response.write('\n')
    this.#streams.get(name)?.destroy()
    this.#streams.set(name, response)
    response.once('close', () => {
      if (this.#streams.get(name) === response) this.#streams.delete(name)
    })
  }

  /** Takes an answer; only that of the host that was asked counts. */
  answer(request: IncomingMessage, body: JsonObject): object {
    const { id } = body
    const waiting = typeof id === 'string' ? this.#waiting.get(id) : undefined
    if (waiting === undefined || waiting.host !== nameOf(request))
      throw new HostsError('HOSTS_UNKNOWN', 'nobody waits for this answer')
    waiting.settle(body)
    return {}
  }

  /** Hands an order on and gives the answer. @throws HostsError HOSTS_BAD_REQUEST, HOSTS_UNKNOWN when nobody answers. */
  ask(body: JsonObject): Promise<JsonObject> {
    const { host, layer, ...order } = body
    const wish = decodeControlRequest(JSON.stringify({ ...order, id: randomUUID() }))
    if (!wish.ok || !isHostName(host) || typeof layer !== 'string')
      throw new HostsError('HOSTS_BAD_REQUEST', wish.ok ? 'host and layer are needed' : wish.message)
    const name = `${layer}/${host}`
    const stream = this.#streams.get(name)
    if (stream === undefined) throw new HostsError('HOSTS_UNKNOWN', `${layer} on ${host} is not connected`)
    if (this.#waiting.size >= maxWaiting)
      throw new HostsError('HOSTS_TOO_MANY', 'too many orders wait for an answer')
    return this.#hand(name, stream, wish.value)
  }

  #hand(name: string, stream: ServerResponse, order: ControlRequest): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(controlTimeoutMs, () => {
        this.#waiting.delete(order.id)
        reject(new HostsError('HOSTS_UNKNOWN', 'the host does not answer'))
      })
      const settle = (answer: JsonObject): void => {
        timer.cancel()
        this.#waiting.delete(order.id)
        resolve(answer)
      }
      this.#waiting.set(order.id, { host: name, settle })
      stream.write(`${JSON.stringify(order)}\n`)
    })
  }

  #beat(): void {
    this.#timer = this.#clock.after(controlBeatMs, () => {
      for (const stream of this.#streams.values())
        if (stream.writableLength > maxUnreadBytes) stream.destroy()
        else stream.write('\n')
      this.#beat()
    })
  }

  close(): void {
    this.#timer?.cancel()
    for (const stream of this.#streams.values()) stream.destroy()
    for (const { settle } of this.#waiting.values())
      settle({ ok: false, error: { code: 'CONTROL_INTERNAL', message: 'the ledger stops' } })
  }
}

function nameOf(request: IncomingMessage): string {
  const host = hostOf(request)
  if (host === undefined) throw new HostsError('HOSTS_UNKNOWN', 'only hosts take orders')
  return `${host.layer}/${host.host}`
}
