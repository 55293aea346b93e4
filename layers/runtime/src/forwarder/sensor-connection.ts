import { createHash, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Decision, EventDraft, ForwarderMessage, Mode, SensorMessage } from '@sevenfold/event'
import { decodeSensorMessage, maxSensorLineBytes } from '@sevenfold/event'
import type { Clock, Timer } from '@sevenfold/layer'

/** A sensor that says nothing for this long is reported: three beats. */
export const silenceMs = 30_000
/** Decisions in one line: 64 KiB at 300 bytes each. */
const decisionsOfLine = 100

type Hello = Extract<SensorMessage, { type: 'hello' }>
type Beat = Extract<SensorMessage, { type: 'beat' }>

/** What a connection tells the forwarder. */
export interface SensorEvents {
  onHello(hello: Hello): void
  onEvent(draft: EventDraft, hello: Hello): void
  onBeat(beat: Beat, hello: Hello): void
  onSilence(hello: Hello): void
  /** `code` is undefined when the process ended without a word. */
  onEnd(hello: Hello, code: number | undefined): void
  onRefused(reason: string): void
}

/** What a connection is made with. */
export interface SensorConnectionOptions {
  readonly socket: Socket
  readonly token: string
  readonly mode: () => Mode
  /** Decisions in force, for the start. */
  readonly decisions: () => readonly Decision[]
  readonly clock: Clock
  readonly events: SensorEvents
}

function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** One sensor: nothing is believed before its `hello` with the right token. */
export class SensorConnection {
  readonly #options: SensorConnectionOptions
  #hello: Hello | undefined
  #unread = ''
  #bye: number | undefined
  #silence: Timer | undefined
  #version = 0

  constructor(options: SensorConnectionOptions) {
    this.#options = options
    const { socket, events } = options
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#read(text))
    socket.on('error', () => undefined) // `close` follows
    socket.on('close', () => {
      this.#silence?.cancel()
      if (this.#hello !== undefined) events.onEnd(this.#hello, this.#bye)
    })
    this.#watch()
  }

  /** Tells the sensor the mode in force. */
  sendPolicy(): void {
    if (this.#hello === undefined) return
    const message: ForwarderMessage = { type: 'policy', mode: this.#options.mode(), profileDigest: '' }
    this.#options.socket.write(`${JSON.stringify(message)}\n`)
  }

  /** Tells the sensor of decisions, in lines that it takes. */
  sendDecisions(add: readonly Decision[], remove: readonly number[]): void {
    if (this.#hello === undefined) return
    for (let from = 0; from < Math.max(add.length, remove.length); from += decisionsOfLine) {
      this.#version += 1
      const to = from + decisionsOfLine
      const message: ForwarderMessage = {
        type: 'decisions',
        version: this.#version,
        add: add.slice(from, to),
        remove: remove.slice(from, to),
      }
      this.#options.socket.write(`${JSON.stringify(message)}\n`)
    }
  }

  close(): void {
    this.#options.socket.destroy()
  }

  #refuse(reason: string): void {
    this.#options.events.onRefused(reason)
    this.#options.socket.destroy()
  }

  #watch(): void {
    this.#silence?.cancel()
    this.#silence = this.#options.clock.after(silenceMs, () => {
      if (this.#hello === undefined) this.#refuse('no hello')
      else {
        this.#options.events.onSilence(this.#hello)
        this.#watch()
      }
    })
  }

  #read(text: string): void {
    this.#unread += text
    const lines = this.#unread.split('\n')
    this.#unread = lines.pop() ?? ''
    if (Buffer.byteLength(this.#unread) > maxSensorLineBytes) return this.#refuse('a line is too long')
    for (const line of lines) {
      const decoded = decodeSensorMessage(line)
      if (!decoded.ok) return this.#refuse('a line is not understood')
      if (!this.#take(decoded.value)) return
    }
  }

  #take(message: SensorMessage): boolean {
    const { events, token } = this.#options
    if (this.#hello === undefined) {
      if (message.type !== 'hello' || !isEqual(message.token, token)) {
        this.#refuse('the token is wrong')
        return false
      }
      this.#hello = message
      events.onHello(message)
      this.sendPolicy()
      this.sendDecisions(this.#options.decisions(), [])
      return true
    }
    if (message.type === 'event') events.onEvent(message.event, this.#hello)
    else if (message.type === 'bye') this.#bye = message.code
    else if (message.type === 'beat') {
      this.#watch()
      events.onBeat(message, this.#hello)
    }
    return true
  }
}
