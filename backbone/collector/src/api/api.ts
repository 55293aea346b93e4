import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '@sevenfold/layer'
import { CollectorError } from '../collector-error.ts'
import type { CollectorErrorCode } from '../collector-error.ts'
import type { IdIndex } from '../ids/id-index.ts'
import { parseQuery } from '../query/parse-query.ts'
import type { PartStatusBook } from '../status/part-status.ts'
import type { SavedSearches } from '../searches/saved-searches.ts'
import { answerSearches } from './search-routes.ts'
import type { LiveTail } from './live-tail.ts'
import { answerAccess, answerEvents, answerHistogram, answerTop, parseEvent } from './questions.ts'
import type { QuestionContext } from './questions.ts'

/** What the API serves. */
export interface ApiOptions extends QuestionContext {
  readonly ids: IdIndex
  readonly tail: LiveTail
  readonly searches: SavedSearches
  readonly status: PartStatusBook
  /** Entries that were read from the log, for the lag. */
  readonly followed: () => number
  /** The foreign logs that are read. */
  readonly sources: () => readonly object[]
  readonly log: Logger
}

const statusOf: Readonly<Record<CollectorErrorCode, number>> = {
  COLLECTOR_QUERY_SYNTAX: 400,
  COLLECTOR_QUERY_FIELD: 400,
  COLLECTOR_QUERY_LIMIT: 400,
  COLLECTOR_BAD_PARAMETER: 400,
  COLLECTOR_NOT_FOUND: 404,
  COLLECTOR_INDEX_UNAVAILABLE: 503,
}

/** Longest id that is looked for. */
export const maxIdLength = 256

/** The collector's API on its Unix socket: reading, and the searches that people keep. */
export class Api {
  readonly #options: ApiOptions

  constructor(options: ApiOptions) {
    this.#options = options
  }

  /** Answers one request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined) // the client went away; nobody is left to tell
    this.#route(request, response).catch((error: unknown) => this.#fail(response, error))
  }

  #fail(response: ServerResponse, error: unknown): void {
    if (error instanceof CollectorError) {
      if (error.cause !== undefined) this.#options.log.warn('question-failed', { error })
      json(response, statusOf[error.code], { code: error.code, message: error.message })
      return
    }
    this.#options.log.error('api-failed', { error })
    json(response, 500, { code: 'COLLECTOR_INTERNAL', message: 'the request failed' })
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request)
    if (url === undefined) throw new CollectorError('COLLECTOR_BAD_PARAMETER', 'malformed path')
    const [isSearch, name] = /^\/v1\/searches(?:\/([^/]{1,256}))?$/u.exec(url.pathname) ?? []
    if (isSearch !== undefined)
      return this.#search(request, response, name === undefined ? undefined : decodeId(name))
    request.resume()
    if (request.method !== 'GET') return json(response, 405, { code: 'COLLECTOR_METHOD', message: 'use GET' })
    const { searchParams } = url
    switch (url.pathname) {
      case '/v1/events':
        return json(response, 200, await answerEvents(this.#options, searchParams))
      case '/v1/histogram':
        return json(response, 200, await answerHistogram(this.#options, searchParams))
      case '/v1/top':
        return json(response, 200, await answerTop(this.#options, searchParams))
      case '/v1/access':
        return json(response, 200, await answerAccess(this.#options, searchParams))
      case '/v1/status':
        return json(response, 200, this.#status())
      case '/v1/tail':
        return this.#openTail(response, searchParams)
      default:
        return this.#byId(response, url.pathname)
    }
  }

  async #byId(response: ServerResponse, path: string): Promise<void> {
    const [, kind, encoded = ''] = /^\/v1\/(events|requests)\/([^/]{1,768})$/u.exec(path) ?? []
    if (kind === undefined) throw new CollectorError('COLLECTOR_NOT_FOUND', 'no such endpoint')
    const id = decodeId(encoded)
    const events = (await this.#options.ids.find(id)).map((line) => parseEvent(this.#options.reveal(line)))
    if (kind === 'requests') return json(response, 200, { events })
    const own = events.find((event) => eventId(event) === id)
    if (own === undefined) throw new CollectorError('COLLECTOR_NOT_FOUND', 'no event has this id')
    return json(response, 200, own)
  }

  async #search(request: IncomingMessage, response: ServerResponse, name: string | undefined): Promise<void> {
    const answer = await answerSearches(this.#options.searches, request, name)
    if (answer !== undefined) return json(response, 200, answer)
    return json(response, 405, { code: 'COLLECTOR_METHOD', message: 'use GET, POST or DELETE' })
  }

  #openTail(response: ServerResponse, parameters: URLSearchParams): void {
    if (this.#options.tail.open(response, parseQuery(parameters.get('query') ?? ''))) return
    json(response, 503, { code: 'COLLECTOR_TOO_MANY_LISTENERS', message: 'too many listeners' })
  }

  #status(): object {
    const { status, index, followed, now, sources } = this.#options
    const entries = followed()
    return {
      time: new Date(now()).toISOString(),
      parts: status.parts(now()),
      sources: sources(),
      log: { entries },
      index: { ready: index.isOpen, entries: index.entries, lag: Math.max(0, entries - index.entries) },
    }
  }
}

function decodeId(encoded: string): string {
  let id = ''
  try {
    id = decodeURIComponent(encoded)
  } catch {
    // Malformed escapes: no id has them.
  }
  if (id === '' || id.length > maxIdLength)
    throw new CollectorError('COLLECTOR_BAD_PARAMETER', 'malformed id')
  return id
}

function eventId(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('event' in event)) return undefined
  const inner = event.event
  return typeof inner === 'object' && inner !== null && 'id' in inner ? inner.id : undefined
}

function urlOf(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '/'
  return target.startsWith('/') && URL.canParse(target, 'http://localhost')
    ? new URL(target, 'http://localhost')
    : undefined
}

function json(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  })
  response.end(text)
}
