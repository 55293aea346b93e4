import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http'
import { createGunzip } from 'node:zlib'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { IntakeCounters, IntakeSource, SourceLine, TakeLines } from '../intake-source.ts'
import { LineSplitter } from '../line-splitter.ts'
import { readOtlpLogs } from './otlp-logs.ts'

/** What a receiver of pushed lines needs. */
export interface PushOptions {
  readonly listen: { readonly host: string; readonly port: number }
  /** Path that takes them; default `/`. */
  readonly path?: string
  /**
   * `lines`: one line each. `kubernetes-audit`: the event lists of the API server's webhook, one event a line. `otlp`: log
   * records of OTLP/HTTP (JSON or protobuf), one record a line of JSON as `readOtlpLogs` gives it.
   */
  readonly form: 'lines' | 'kubernetes-audit' | 'otlp'
  /** Secret that senders show: `Authorization: Bearer …` or `X-Api-Key`. */
  readonly secret: string
  readonly maxBodyBytes?: number
  readonly onLines: TakeLines
  readonly onError?: (error: unknown) => void
}

/** Longest body, decompressed. */
export const defaultPushBytes = 8_388_608
/** Requests under way at a time; more are told to come again. */
export const maxPushRequests = 16
const retryAfterSeconds = 2

/**
 * Takes lines by HTTP. A request is answered 200 once its lines were taken: a sender that gets anything else sends them again. What cannot be
 * taken now is answered 503 with Retry-After.
 */
export class PushServer implements IntakeSource {
  readonly #options: PushOptions
  readonly #secret: Buffer
  readonly #server: Server
  readonly #tasks = new Set<Promise<void>>()
  #lines = 0
  #dropped = 0

  /** Throws RangeError for a secret of fewer than 16 characters. */
  constructor(options: PushOptions) {
    if (options.secret.length < 16)
      throw new RangeError('the secret of a push source has 16 characters at least')
    this.#options = options
    this.#secret = digest(options.secret)
    this.#server = createServer(
      { requestTimeout: 60_000, headersTimeout: 10_000, maxHeaderSize: 16_384 },
      (request, response) => {
        const task = this.#handle(request, response).finally(() => this.#tasks.delete(task))
        this.#tasks.add(task)
      },
    )
    this.#server.maxConnections = 1_024
  }

  /** Listens; resolves with the port. */
  async start(): Promise<number> {
    const { listen } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(listen.port, listen.host, resolve)
    })
    this.#server.on('error', (error) => this.#options.onError?.(error))
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  counters(): IntakeCounters {
    return { lines: this.#lines, dropped: this.#dropped }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    const refused = this.#refusal(request)
    if (refused !== undefined) return this.#end(request, response, refused)
    try {
      const lines = await this.#read(request)
      if (lines === undefined) return this.#end(request, response, 400)
      if (lines.length > 0) await this.#options.onLines(lines)
      this.#lines += lines.length
      return this.#end(request, response, 200)
    } catch (error) {
      if (error instanceof RangeError) return this.#end(request, response, 413)
      this.#options.onError?.(error)
      return this.#end(request, response, 503)
    }
  }

  #end(request: IncomingMessage, response: ServerResponse, status: number): void {
    if (status !== 200) this.#dropped += 1
    if (response.destroyed || response.headersSent) return
    const isWhole = request.complete
    // An empty protobuf message is no bytes; JSON readers of OTLP want an object.
    const isJson = status === 200 && this.#options.form === 'otlp' && !isProtobuf(request)
    const type = isJson
      ? 'application/json'
      : this.#options.form === 'otlp'
        ? 'application/x-protobuf'
        : undefined
    const headers: OutgoingHttpHeaders = {
      'content-length': isJson ? 2 : 0,
      ...(type === undefined ? {} : { 'content-type': type }),
      // Of a body that was not read to its end nothing more can be made sense of.
      ...(isWhole ? {} : { connection: 'close' }),
      ...(status === 503 ? { 'retry-after': String(retryAfterSeconds) } : {}),
    }
    response.writeHead(status, headers)
    response.end(isJson ? '{}' : undefined)
  }

  #refusal({ method, url = '/', headers }: IncomingMessage): number | undefined {
    const [bearer = ''] = /^Bearer (.{1,1024})$/.exec(headers.authorization ?? '')?.slice(1) ?? []
    const key = headers['x-api-key']
    const shown = digest(typeof key === 'string' ? key.slice(0, 1_024) : bearer)
    if (!timingSafeEqual(shown, this.#secret)) return 401
    if ((url.split('?', 1)[0] ?? '/') !== (this.#options.path ?? '/')) return 404
    if (method !== 'POST') return 405
    if (headers.origin !== undefined) return 403
    return this.#tasks.size > maxPushRequests ? 503 : undefined
  }

  async #read(request: IncomingMessage): Promise<readonly SourceLine[] | undefined> {
    const most = this.#options.maxBodyBytes ?? defaultPushBytes
    const encoding = request.headers['content-encoding'] ?? 'identity'
    if (encoding !== 'identity' && encoding !== 'gzip') return undefined
    const parts: Buffer[] = []
    let length = 0
    try {
      for await (const part of (encoding === 'gzip'
        ? request.pipe(createGunzip())
        : request) as AsyncIterable<Buffer>) {
        length += part.length
        if (length > most) throw new RangeError('the body is too long')
        parts.push(part)
      }
    } catch (error) {
      if (error instanceof RangeError) throw error
      return undefined
    }
    const body = Buffer.concat(parts)
    const from = request.socket.remoteAddress ?? ''
    if (this.#options.form === 'lines') return splitBody(body, from)
    if (this.#options.form === 'kubernetes-audit') return auditEvents(body, from)
    return readOtlpLogs(body, isProtobuf(request) ? 'protobuf' : 'json')?.map((item) => lineOf(item, from))
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    await Promise.all(this.#tasks)
    this.#server.closeAllConnections()
    await closed
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function splitBody(body: Buffer, from: string): readonly SourceLine[] {
  const splitter = new LineSplitter()
  const last = (lines: ReturnType<LineSplitter['push']>): typeof lines => {
    const rest = splitter.end()
    return rest === undefined ? lines : [...lines, rest]
  }
  return last(splitter.push(body))
    .filter(({ text }) => text !== '')
    .map((line) => ({ ...line, from }))
}

const auditLimits = { maxDepth: 60, maxNodes: 1_000_000, maxStringLength: 1_048_576 }

/** Events of an `EventList` (audit.k8s.io/v1), each as one line of JSON. */
function auditEvents(body: Buffer, from: string): readonly SourceLine[] | undefined {
  const text = body.toString('utf8')
  const parsed = parseBoundedJson(text, { ...auditLimits, maxTextLength: text.length })
  const items =
    parsed.ok && isJsonObject(parsed.value) && parsed.value['kind'] === 'EventList'
      ? parsed.value['items']
      : undefined
  if (!Array.isArray(items)) return undefined
  return items.filter(isJsonObject).map((item) => lineOf(item, from))
}

function lineOf(item: object, from: string): SourceLine {
  const line = JSON.stringify(item)
  return { text: line, from, truncated: false, bytes: Buffer.byteLength(line) }
}

const isProtobuf = (request: IncomingMessage): boolean =>
  request.headers['content-type']?.split(';', 1)[0]?.trim() === 'application/x-protobuf'
