import { constants } from 'node:http2'
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { StreamExchange } from '../http/stream-exchange.ts'
import type { StreamExchangeOptions } from '../http/stream-exchange.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { addField, newFields } from './http2-fields.ts'

/** Header lines of an answer as HTTP/2 wants them: lower case, repeated ones joined. */
export function http2Headers(head: ResponseHead): OutgoingHttpHeaders {
  const headers = newFields()
  headers[':status'] = head.status
  for (const line of head.fields.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    addField(headers, line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  if (head.contentLength >= 0 && head.status !== 204) headers['content-length'] = String(head.contentLength)
  return headers
}

/** Longest time that a client may take for the last of an answer, however steadily it reads, milliseconds. */
const lastBytesMs = 300_000

/** One request of an HTTP/2 connection and its answer. */
export class Http2Exchange extends StreamExchange {
  protected readonly stream: ServerHttp2Stream
  /** When a complete answer was first seen to wait for its client. */
  private lingersSince = -1

  constructor(stream: ServerHttp2Stream, options: Omit<StreamExchangeOptions, 'input' | 'output'>) {
    super({ ...options, input: stream, output: stream })
    this.stream = stream
  }

  /** True until the answer is complete or given up. */
  get running(): boolean {
    return !this.over
  }

  /** A complete answer that its client does not take, or that the connection cannot send any more, is given up. */
  override sweep(): void {
    super.sweep()
    const { host, stream } = this
    if (!this.over || stream.destroyed) return
    if (this.lingersSince < 0) {
      this.lingersSince = host.now
      // Goes off when nothing was sent for so long.
      stream.setTimeout(host.limits.responseTimeoutMs, () => this.breakOff())
    } else if (host.now - this.lingersSince > lastBytesMs) this.breakOff()
  }

  sendContinue(): void {
    const { stream } = this
    if (this.head.expectContinue && !this.responded && !stream.destroyed && !stream.closed) {
      stream.additionalHeaders({ ':status': 100 })
    }
  }

  switchProtocols(_fields: string): void {
    // Upgrade is a header of HTTP/1.1 and never asked for here (RFC 9113 section 8.6); see `Http2Tunnel`.
    this.destroy()
  }

  protected begin(head: ResponseHead, _bodyless: boolean, ended: boolean): void {
    const { stream } = this
    if (stream.destroyed || stream.closed) return
    try {
      stream.respond(http2Headers(head), { endStream: ended })
    } catch {
      // A head that Node does not take is the service's fault, and costs its own request only.
      this.breakOff()
    }
  }

  protected breakOff(): void {
    // `close` would end the stream in good order first: a truncated answer would look like a whole one.
    if (!this.stream.destroyed) this.stream.destroy(new Error('the answer was broken off'))
  }

  protected complete(unread: boolean): void {
    // RFC 9113 section 8.1: a complete answer may ask the client to stop sending, without an error.
    if (unread) this.stream.once('finish', () => this.stream.close(constants.NGHTTP2_NO_ERROR))
  }
}
