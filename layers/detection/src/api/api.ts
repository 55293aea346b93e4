import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '@sevenfold/layer'
import type { NeverBan } from '../authority/never-ban.ts'
import type { BouncerKeys } from '../bouncers/bouncer-keys.ts'
import { DetectionError } from '../detection-error.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import { toCrowdsec } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import type { Judge } from '../judge/judge.ts'
import { BouncerStream } from './bouncer-stream.ts'
import { decisionFilter } from './decision-filter.ts'
import { readManualDecision } from './decision-wish.ts'
import { refusal } from './guard.ts'
import type { GuardOptions } from './guard.ts'
import type { LiveStream } from './live-stream.ts'
import { readJson } from './read-json.ts'

/** What the API serves. */
export interface ApiOptions {
  readonly store: DecisionStore
  readonly judge: Judge
  readonly bouncers: BouncerKeys
  readonly live: LiveStream
  readonly neverBan: NeverBan
  readonly guard: GuardOptions
  readonly banDurationMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: Logger
  /** Written for every change by hand. */
  readonly onAct: (act: { op: string; actor: string; reason: string }) => void
}

/** The two doors: the Unix socket (its folder is the credential, may change things) and TCP (needs a bouncer's key, reads). */
export type Door = 'socket' | 'tcp'

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly door: Door
  /** Name of the bouncer; `local` on the socket. */
  readonly bouncer: string
}

interface Problem {
  readonly status: number
  readonly code: string
  readonly message: string
}

const statusOf: Readonly<Record<DetectionError['code'], number>> = {
  DETECTION_BAD_DECISION: 400,
  DETECTION_BAD_DURATION: 400,
  DETECTION_NEVER_BAN: 409,
  DETECTION_BAD_BOUNCER: 400,
  DETECTION_BOUNCER_EXISTS: 409,
  DETECTION_BOUNCERS_INVALID: 500,
}

/** What bouncers can enforce unless they ask for more. */
const bouncerScopes: readonly StoredDecision['scope'][] = ['ip', 'range']

/** The Local API: CrowdSec's decision endpoints, the live stream, and administration on the socket. */
export class Api {
  readonly #options: ApiOptions
  readonly #stream: BouncerStream

  constructor(options: ApiOptions) {
    this.#options = options
    this.#stream = new BouncerStream(options.store, options.now)
  }

  /** Answers one request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse, door: Door): void {
    response.on('error', () => undefined) // the client went away; nobody is left to tell
    this.#route(request, response, door).catch((error: unknown) => {
      this.#options.log.error('api-failed', { error })
      problem(response, { status: 500, code: 'DETECTION_INTERNAL', message: 'the request failed' })
    })
  }

  async #route(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> {
    const refused = door === 'tcp' ? refusal(request, this.#options.guard) : undefined
    if (refused !== undefined)
      return problem(response, { status: 421, code: 'DETECTION_FOREIGN', message: refused })
    const url = urlOf(request)
    if (url === undefined)
      return problem(response, { status: 400, code: 'DETECTION_BAD_REQUEST', message: 'malformed path' })
    if (url.pathname === '/health') return json(response, 200, { status: 'up' })
    const bouncer = door === 'socket' ? 'local' : this.#bouncerOf(request)
    // CrowdSec's own words: its bouncers show them.
    if (bouncer === undefined) return json(response, 403, { message: 'access forbidden' })
    try {
      await this.#answer({ request, response, url, door, bouncer })
    } catch (error) {
      if (!(error instanceof DetectionError)) throw error
      problem(response, { status: statusOf[error.code], code: error.code, message: error.message })
    }
  }

  #bouncerOf(request: IncomingMessage): string | undefined {
    const key = request.headers['x-api-key']
    return typeof key === 'string' && key.length <= 512 ? this.#options.bouncers.find(key) : undefined
  }

  async #answer(call: Call): Promise<void> {
    const { request, response, url } = call
    // HEAD asks whether GET would answer; node:http leaves out the body.
    const method = request.method === 'HEAD' ? 'GET' : request.method
    switch (`${method} ${url.pathname}`) {
      case 'GET /v1/decisions':
        return this.#decisions(call)
      case 'GET /v1/decisions/stream':
        return this.#bouncerDeltas(call)
      case 'GET /v1/decisions/live':
        return this.#openLive(response, request.method === 'HEAD')
      case 'POST /v1/usage-metrics':
        request.resume()
        return json(response, 201, {})
      default:
        return call.door === 'socket'
          ? this.#administer(call, String(method))
          : this.#forbidden(call, String(method))
    }
  }

  #forbidden({ response, url }: Call, method: string): void {
    const isChange = method !== 'GET' && url.pathname.startsWith('/v1/')
    if (isChange) return json(response, 403, { message: 'access forbidden' })
    return problem(response, { status: 404, code: 'DETECTION_NOT_FOUND', message: 'no such endpoint' })
  }

  #decisions({ response, url, door }: Call): void {
    const filter = decisionFilter(url.searchParams)
    const now = this.#options.now()
    const found = this.#options.store
      .active()
      // People see what is simulated; bouncers would enforce it.
      .filter((decision) => (door === 'socket' || !decision.simulated) && filter(decision))
    // CrowdSec's API answers null where there is nothing, and its bouncers expect that.
    return json(
      response,
      200,
      found.length === 0 && door === 'tcp' ? null : found.map((d) => toCrowdsec(d, now)),
    )
  }

  #bouncerDeltas({ request, response, url, bouncer }: Call): void {
    const answer = this.#stream.answer({
      client: { bouncer, address: request.socket.remoteAddress ?? '' },
      startup: url.searchParams.get('startup') === 'true',
      filter: decisionFilter(url.searchParams, bouncerScopes),
    })
    if (request.method === 'GET') response.once('finish', answer.commit)
    return json(response, 200, answer.body)
  }

  #openLive(response: ServerResponse, headOnly: boolean): void {
    if (headOnly) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end()
      return
    }
    if (this.#options.live.open(response)) return
    problem(response, { status: 503, code: 'DETECTION_TOO_MANY_LISTENERS', message: 'too many listeners' })
  }

  async #administer(call: Call, method: string): Promise<void> {
    const { request, response, url } = call
    const [, decisionId] = /^\/v1\/decisions\/(\d{1,15})$/.exec(url.pathname) ?? []
    const [, bouncerName] = /^\/v1\/bouncers\/([\w.-]{1,64})$/.exec(url.pathname) ?? []
    const path =
      decisionId === undefined
        ? bouncerName === undefined
          ? url.pathname
          : '/v1/bouncers/:name'
        : '/v1/decisions/:id'
    if (method === 'GET' && path === '/v1/status') return json(response, 200, this.#status())
    if (method === 'GET' && path === '/v1/bouncers') return json(response, 200, this.#options.bouncers.list())
    const act = `${method} ${path}`
    if (
      ![
        'POST /v1/decisions',
        'DELETE /v1/decisions/:id',
        'POST /v1/bouncers',
        'DELETE /v1/bouncers/:name',
      ].includes(act)
    )
      return problem(response, { status: 404, code: 'DETECTION_NOT_FOUND', message: 'no such endpoint' })
    const body = await readJson(request)
    if (!body.ok)
      return problem(response, { status: body.status, code: 'DETECTION_BAD_REQUEST', message: body.message })
    const { actor, reason } = {
      actor: word(body.value['actor']) || 'local',
      reason: word(body.value['reason']),
    }
    if (act === 'POST /v1/decisions') return this.#addDecision(response, body.value)
    if (act === 'DELETE /v1/decisions/:id')
      return this.#removeDecision(response, Number(decisionId), { actor, reason })
    if (act === 'POST /v1/bouncers') return this.#addBouncer(response, word(body.value['name']), actor)
    return this.#removeBouncer(response, bouncerName ?? '', actor)
  }

  #addDecision(response: ServerResponse, body: Parameters<typeof readManualDecision>[0]): void {
    const { store, neverBan, now, judge, onAct, banDurationMs } = this.#options
    const manual = readManualDecision(body, { neverBan, nowMs: now(), defaultDurationMs: banDurationMs })
    const decision = store.add(manual.wish)
    judge.announce(decision, manual.reason === '' ? undefined : manual.reason)
    onAct({
      op: 'decision-add',
      actor: manual.actor,
      reason: `${decision.type} ${decision.value} ${manual.reason}`.trim(),
    })
    return json(response, 201, toCrowdsec(decision, now()))
  }

  #removeDecision(response: ServerResponse, id: number, by: { actor: string; reason: string }): void {
    const { store, judge, onAct } = this.#options
    const decision = store.remove(id, by.reason)
    if (decision === undefined)
      return problem(response, {
        status: 404,
        code: 'DETECTION_NOT_FOUND',
        message: `no active decision ${id}`,
      })
    judge.forget(decision.value)
    judge.announceEnd(decision, by.reason === '' ? `removed by ${by.actor}` : by.reason)
    onAct({ op: 'decision-remove', actor: by.actor, reason: `${decision.value} ${by.reason}`.trim() })
    // A text, as in CrowdSec's API.
    return json(response, 200, { nbDeleted: '1' })
  }

  #addBouncer(response: ServerResponse, name: string, actor: string): void {
    const key = this.#options.bouncers.add(name)
    this.#options.onAct({ op: 'bouncer-add', actor, reason: name })
    return json(response, 201, { name, key })
  }

  #removeBouncer(response: ServerResponse, name: string, actor: string): void {
    if (!this.#options.bouncers.delete(name))
      return problem(response, {
        status: 404,
        code: 'DETECTION_NOT_FOUND',
        message: `no bouncer is called ${name}`,
      })
    this.#stream.forget(name)
    this.#options.onAct({ op: 'bouncer-remove', actor, reason: name })
    response.writeHead(204).end()
  }

  #status(): Readonly<Record<string, unknown>> {
    const { store, judge, live } = this.#options
    return { decisions: store.size, version: store.version, listeners: live.size, ...judge.counters() }
  }
}

function urlOf(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '/'
  return target.startsWith('/') && URL.canParse(target, 'http://localhost')
    ? new URL(target, 'http://localhost')
    : undefined
}

function word(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : ''
}

function json(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

function problem(response: ServerResponse, { status, code, message }: Problem): void {
  json(response, status, { code, message })
}
