import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { maxLoggedText } from '../log/request-log.ts'
import { clientAddress } from '../net/client-address.ts'
import { guardRequest } from '../net/host-guard.ts'
import { notFound } from '../pages/not-found.ts'
import type { Shop } from '../shop.ts'
import type { Session } from '../state/session.ts'
import { escape } from '../view/escape.ts'
import { page } from '../view/page.ts'
import type { Exchange } from './exchange.ts'
import { readBody } from './read-body.ts'
import { readCookies } from './read-cookies.ts'
import { html, text } from './reply.ts'
import type { Reply } from './reply.ts'
import { matchPath } from './route.ts'
import { routes } from './routes.ts'

/** How requests are taken in. */
export interface AnswerOptions {
  readonly trustProxy: boolean
  /** Host names, besides loopback ones, that browsers may use. */
  readonly hosts: ReadonlySet<string>
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).slice(0, 200)
}

function targetOf(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const mark = url.indexOf('?')
  return mark < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}

/** An error page. Flaw `error-disclosure`: it shows what the database said. */
function failed(shop: Shop, exchange: Exchange, error: unknown): Reply {
  const detail =
    error instanceof Error && shop.weak('error-disclosure') ? `<pre>${escape(error.message)}</pre>` : ''
  const main = `<h1>Something broke</h1><p>We have been told. Please try again.</p>${detail}`
  return html(page({ title: 'Error', session: exchange.session, main }), 500)
}

async function route(shop: Shop, exchange: Omit<Exchange, 'params'>): Promise<Reply> {
  const method = exchange.method === 'HEAD' ? 'GET' : exchange.method
  for (const candidate of routes) {
    const params = candidate.method === method ? matchPath(candidate.path, exchange.path) : undefined
    if (params === undefined) continue
    const whole: Exchange = { ...exchange, params }
    try {
      return await candidate.handler(shop, whole)
    } catch (error) {
      return failed(shop, whole, error)
    }
  }
  return notFound({ ...exchange, params: {} })
}

/** The session of the cookie, or a new one. */
function sessionOf(
  shop: Shop,
  cookie: string | undefined,
): { readonly session: Session; readonly isNew: boolean } {
  const known = shop.sessions.find(cookie)
  return known === undefined
    ? { session: shop.sessions.create(), isNew: true }
    : { session: known, isNew: false }
}

interface Entry {
  readonly peer: string
  readonly hosts: ReadonlySet<string>
}

async function produce(shop: Shop, request: IncomingMessage, entry: Entry): Promise<Reply> {
  const refusal = guardRequest(request, entry.hosts)
  if (refusal === 'host')
    return text(
      'This demonstration shop answers to names of this machine only; SHOP_HOSTS names others.\n',
      421,
    )
  if (refusal === 'cross-site') return text('Another site may not use this demonstration shop.\n', 403)
  const body = await readBody(request)
  if (body === undefined) return text('That is too much.\n', 413)
  const cookies = readCookies(request.headers.cookie)
  const { session, isNew } = sessionOf(shop, cookies.get('sid'))
  const exchange = {
    method: request.method ?? 'GET',
    ...targetOf(request.url ?? '/'),
    headers: request.headers,
    cookies,
    body,
    peer: entry.peer,
    trace: header(request, 'x-sevenfold-trace'),
    requestId: header(request, 'x-request-id') || randomUUID(),
    session,
  }
  const reply = await route(shop, exchange)
  // Scripts may read the cookie: part of the flaws `xss-search` and `xss-review`.
  const cookie = [...[reply.headers['set-cookie'] ?? []].flat(), `sid=${session.id}; Path=/`]
  return isNew ? { ...reply, headers: { ...reply.headers, 'set-cookie': cookie } } : reply
}

function logAccess(shop: Shop, request: IncomingMessage, facts: AccessFacts): void {
  shop.log.write({
    event: 'access',
    time: new Date().toISOString(),
    peer: facts.peer,
    method: request.method ?? '',
    path: (request.url ?? '').slice(0, maxLoggedText),
    status: facts.status,
    bytes: facts.bytes,
    duration_ms: Math.round((performance.now() - facts.started) * 10) / 10,
    user_agent: (request.headers['user-agent'] ?? '').slice(0, 500),
    referrer: (request.headers.referer ?? '').slice(0, 500),
    trace: header(request, 'x-sevenfold-trace'),
    request_id: header(request, 'x-request-id'),
  })
}

interface AccessFacts {
  /** Taken before the answer is made: a client that went away has no address any more. */
  readonly peer: string
  readonly status: number
  readonly bytes: number
  readonly started: number
}

/** Answers one request and logs it. Never rejects: a client that goes away is nobody's error. */
export async function answer(
  shop: Shop,
  io: { readonly request: IncomingMessage; readonly response: ServerResponse },
  options: AnswerOptions,
): Promise<void> {
  const started = performance.now()
  const { request, response } = io
  const peer = clientAddress(request, options.trustProxy)
  let reply: Reply
  try {
    reply = await produce(shop, request, { peer, hosts: options.hosts })
  } catch {
    reply = text('The shop has a problem.\n', 500)
  }
  const length = Buffer.byteLength(reply.body)
  logAccess(shop, request, { peer, status: reply.status, bytes: length, started })
  if (response.destroyed) return
  const headers = Object.entries(reply.headers).map(
    ([name, value]) => [name, typeof value === 'string' ? value : [...value]] as const,
  )
  response.writeHead(reply.status, Object.fromEntries([...headers, ['content-length', String(length)]]))
  response.end(request.method === 'HEAD' ? undefined : reply.body)
}
