import type { ConnectionInfo, Inspector, MatchReport, Verdict } from '@sevenfold/event'

const connection: ConnectionInfo = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '192.0.2.1',
  serverPort: 443,
  tls: true,
  requestId: '00000000000000000000000000000001',
  startedAtMs: 1_760_000_000_000,
}

/** A request as the rules see it; the rest is what a browser sends. */
export interface SampleRequest {
  readonly method?: string
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A response for the rules of the way out. */
export interface SampleResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

const browser: Readonly<Record<string, string>> = {
  Host: 'shop.example.org',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language': 'en-GB,en;q=0.7',
  'Accept-Encoding': 'gzip, deflate, br',
  Referer: 'https://shop.example.org/category/tents?sort=name',
}

function isOver(verdict: Verdict): boolean {
  return verdict.kind !== 'pass' && verdict.kind !== 'more'
}

/** Sends one request, and a response when the request passes, through an inspector; gives what matched. */
export function inspect(
  inspector: Inspector,
  request: SampleRequest,
  response?: SampleResponse,
): MatchReport {
  const inspection = inspector.open(connection)
  const settle = (verdict: Verdict): Verdict => {
    let current = verdict
    while (current.kind === 'yield') current = inspection.resume(Number.MAX_SAFE_INTEGER)
    return current
  }
  const { method = 'GET', target = '/', body } = request
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body, 'utf8')) }
  const headers = Object.entries({ ...browser, ...request.headers, ...length }).flat()
  let verdict = settle(inspection.requestHead({ kind: 'request', method, target, version: '1.1', headers }))
  if (!isOver(verdict) && body !== undefined)
    verdict = settle(inspection.requestBody(Buffer.from(body, 'utf8')))
  if (!isOver(verdict)) verdict = settle(inspection.requestEnd())
  if (!isOver(verdict) && response !== undefined) {
    const { status = 200, headers: own = { 'Content-Type': 'text/html' } } = response
    const head = {
      kind: 'response',
      status,
      reason: 'OK',
      version: '1.1',
      headers: Object.entries(own).flat(),
    } as const
    verdict = settle(inspection.responseHead(head))
    if (!isOver(verdict)) verdict = settle(inspection.responseBody(Buffer.from(response.body, 'utf8')))
    if (!isOver(verdict)) settle(inspection.responseEnd())
  }
  const report = inspection.report()
  inspection.close()
  return report
}

/** True when the report ended in a refusal. */
export function isRefused(report: MatchReport): boolean {
  return report.interruption !== null
}

/** The places of a request that a value is tried in. */
export const places = ['query', 'form', 'json', 'cookie'] as const

/** One of the places. */
export type Place = (typeof places)[number]

/** Puts a value into one place of an otherwise ordinary request. */
export function carry(value: string, place: Place, name = 'q'): SampleRequest {
  const encoded = encodeURIComponent(value)
  switch (place) {
    case 'query':
      return { target: `/search?${name}=${encoded}&page=2` }
    case 'form':
      return {
        method: 'POST',
        target: '/comment',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: `author=Ada&${name}=${encoded}`,
      }
    case 'json':
      return {
        method: 'POST',
        target: '/api/comment',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ author: 'Ada', [name]: value }),
      }
    case 'cookie':
      return { target: '/', headers: { Cookie: `sid=8f14e45fceea167a; ${name}=${encoded}` } }
  }
}
