import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import type { Decision, EventDraft, ForwarderMessage, SensorMessage, Unprotected } from '@sevenfold/event'
import type { AgentMode } from '../agent.ts'
import { parseJson } from '../inputs/parse-json.ts'
import { currentRequest } from '../request-context.ts'
import { runCanary } from './canary.ts'
import { Ring } from './ring.ts'

/** Events that are kept while there is no forwarder (sensorRingEvents of the contract). */
export const ringEvents = 1_000
const maxLineBytes = 65_536
const beatMs = 10_000
const firstRetryMs = 500
const maxRetryMs = 30_000
/** Bytes that may wait in the socket; beyond them events wait in the ring. */
const maxPendingBytes = 1_048_576

/** What a sensor is made with. */
export interface SensorOptions {
  /** Undefined: there is no forwarder, and events stay in the ring. */
  readonly socketPath?: string
  readonly token?: string
  readonly service: string
  readonly unprotected: () => readonly Unprotected[]
  /** What the inventory has found since the last beat. */
  readonly news: () => readonly EventDraft[]
  readonly onDecisions: (add: readonly Decision[], remove: readonly number[]) => void
  readonly counters: () => Readonly<Record<string, number>>
  readonly onMode: (mode: AgentMode) => void
}

/** Tells the forwarder of events and that the application's own event loop turns. Never waits and keeps nobody alive. */
export class Sensor {
  readonly #options: SensorOptions
  readonly #ring = new Ring<string>(ringEvents)
  #socket: Socket | undefined
  #isOpen = false
  #sequence = 0
  #retryMs = firstRetryMs
  #unread = ''

  constructor(options: SensorOptions) {
    this.#options = options
  }

  /** Connects, and beats every 10 s. */
  start(): void {
    if (this.#options.socketPath === undefined) return
    this.#connect(this.#options.socketPath)
    setInterval(() => this.#beat(), beatMs).unref()
    process.on('exit', (code) => this.#write({ type: 'bye', code }))
  }

  /** Queues an event. */
  report(event: EventDraft): void {
    this.#sequence += 1
    const line = JSON.stringify({ type: 'event', n: this.#sequence, event } satisfies SensorMessage)
    if (Buffer.byteLength(line) < maxLineBytes) this.#ring.push(line)
    // Outside of the request: the socket must not hold on to it.
    currentRequest.exit(() => this.#flush())
  }

  /** Events that wait. */
  get waiting(): number {
    return this.#ring.length
  }

  #token(socketPath: string): string {
    if (this.#options.token !== undefined) return this.#options.token
    try {
      return readFileSync(`${socketPath}.token`, 'utf8').trim()
    } catch {
      return '' // the forwarder has not started yet; the next attempt reads it again
    }
  }

  #connect(socketPath: string): void {
    const token = this.#token(socketPath)
    const socket = createConnection(socketPath)
    socket.unref()
    this.#socket = socket
    this.#unread = ''
    socket.setEncoding('utf8')
    socket.on('connect', () => {
      this.#isOpen = true
      this.#write({
        type: 'hello',
        v: 1,
        token,
        service: this.#options.service,
        pid: process.pid,
        node: process.version,
        unprotected: this.#options.unprotected(),
      })
      this.#beat()
      this.#flush()
    })
    socket.on('data', (text: string) => this.#read(text))
    socket.on('drain', () => this.#flush())
    socket.on('error', () => undefined) // `close` follows, and tries again
    socket.on('close', () => {
      this.#isOpen = false
      setTimeout(() => this.#connect(socketPath), this.#retryMs).unref()
      this.#retryMs = Math.min(maxRetryMs, this.#retryMs * 2)
    })
  }

  #write(message: SensorMessage): void {
    if (this.#isOpen) this.#socket?.write(`${JSON.stringify(message)}\n`)
  }

  #flush(): void {
    const socket = this.#socket
    if (socket === undefined) return
    for (let line = this.#next(socket); line !== undefined; line = this.#next(socket))
      socket.write(`${line}\n`)
  }

  #next(socket: Socket): string | undefined {
    return this.#isOpen && socket.writableLength < maxPendingBytes ? this.#ring.shift() : undefined
  }

  #beat(): void {
    try {
      for (const draft of this.#options.news()) this.report(draft)
    } catch {
      // the inventory is no reason to stop beating
    }
    this.#sequence += 1
    this.#write({
      type: 'beat',
      n: this.#sequence,
      counters: { ...this.#options.counters(), dropped: this.#ring.dropped },
      canary: runCanary(Date.now),
    })
  }

  #read(text: string): void {
    this.#unread += text
    const lines = this.#unread.split('\n')
    this.#unread = lines.pop() ?? ''
    if (this.#unread.length > maxLineBytes) this.#socket?.destroy()
    for (const line of lines) {
      const message = parseJson(line) as Partial<ForwarderMessage> | undefined
      if (message?.type === 'decisions') {
        const { add, remove } = message
        if (Array.isArray(add) && Array.isArray(remove)) this.#options.onDecisions(add, remove)
        continue
      }
      if (message?.type !== 'policy') continue
      this.#retryMs = firstRetryMs
      if (message.mode === 'off' || message.mode === 'monitor' || message.mode === 'enforce')
        this.#options.onMode(message.mode)
    }
  }
}
