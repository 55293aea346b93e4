import { Buffer } from 'node:buffer'
import { noLength } from '../http/request-head.ts'
import type { UpstreamHead } from '../http/response-head.ts'
import { reasonPhrase } from '../http/status-line.ts'
import type { UpstreamListener, UpstreamWriter } from './upstream-listener.ts'
import type { Upstreams } from './upstreams.ts'

/** An answer made here. */
export interface LocalText {
  readonly status: number
  /** Header lines, each ended by CR LF, without length. */
  readonly fields: string
  readonly body: string
}

/** Answers a request head (as it would be forwarded) without asking anybody. */
export type LocalResponder = (requestText: string) => LocalText

/** In place of a service: every request that was judged and let pass gets an answer of our own. */
export class LocalAnswer implements Upstreams {
  readonly running = 0
  readonly connections = 0
  private readonly respond: LocalResponder

  constructor(respond: LocalResponder) {
    this.respond = respond
  }

  acquire(listener: UpstreamListener): void {
    listener.upstreamReady(new LocalWriter(listener, this.respond))
  }

  isJammed(): boolean {
    return false
  }

  cancel(): void {
    // Nobody waits here.
  }

  close(): void {
    // Nothing is open.
  }
}

function headOf({ status, fields }: LocalText, length: number): UpstreamHead {
  const reason = reasonPhrase(status)
  return {
    status,
    reason,
    fields,
    contentLength: status === 204 ? noLength : length,
    chunked: false,
    keepAlive: true,
    keepAliveSeconds: -1,
    upgrade: false,
    minorVersion: 1,
    text: `HTTP/1.1 ${status} ${reason}\r\n${fields}`,
  }
}

class LocalWriter implements UpstreamWriter {
  private listener: UpstreamListener | null
  private readonly respond: LocalResponder

  constructor(listener: UpstreamListener, respond: LocalResponder) {
    this.listener = listener
    this.respond = respond
  }

  send(_method: string, _upgrading: boolean, text: string): boolean {
    const { listener } = this
    this.listener = null
    const answer = this.respond(text)
    const body = Buffer.from(answer.body)
    listener?.answerHead(headOf(answer, body.length), body.length === 0 ? null : body, true)
    return true
  }

  write(): boolean {
    return true
  }

  resumeAnswer(): void {
    // The answer is whole from the start.
  }

  destroy(): void {
    this.listener = null
  }
}
