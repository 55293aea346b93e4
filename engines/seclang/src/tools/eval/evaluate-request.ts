import { Buffer } from 'node:buffer'

import type { ConnectionInfo, Inspector, MatchReport, Verdict } from '@sevenfold/event'

/** One line of `sevenfold waf eval`: a request, with its response when that is to be judged too. */
export interface EvalRequest {
  readonly id: string
  readonly method: string
  readonly uri: string
  /** `1.1` or `HTTP/1.1`; default `1.1`. */
  readonly version?: string | undefined
  /** An object, or pairs in wire order. Texts are sent as UTF-8. */
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[] | undefined
  readonly body?: string | undefined
  readonly bodyBase64?: string | undefined
  readonly response?:
    | {
        readonly status?: number | undefined
        readonly headers?:
          | Readonly<Record<string, string>>
          | readonly (readonly [string, string])[]
          | undefined
        readonly body?: string | undefined
      }
    | undefined
}

/** What became of the request; the caller adds the time that it measured. */
export interface EvalAnswer {
  readonly id: string
  readonly verdict: 'pass' | 'block'
  /** Status that the client gets; 200 for a request that passes. */
  readonly status: number
  readonly score: number
  /** Ids of the rules in order of logging. */
  readonly rules: readonly string[]
}

const connection: ConnectionInfo = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '192.0.2.1',
  serverPort: 80,
  tls: false,
  requestId: '01981f2e-7a3c-7000-8000-000000000000',
  startedAtMs: 1_760_000_000_000,
}

const closedStatus = 444
const exhaustedStatus = 503

/** Judges one request (and response) of the evaluation format. */
export function evaluateRequest(request: EvalRequest, inspector: Inspector): EvalAnswer {
  const { verdict, report } = inspectRequest(request, inspector)
  const ended = verdict.kind === 'pass' || verdict.kind === 'more' ? null : verdict
  return {
    id: request.id,
    verdict: ended === null ? 'pass' : 'block',
    status: statusOf(verdict, request.response?.status ?? 200),
    score: report.score,
    rules: report.matches.map((match) => match.ruleId),
  }
}

/** Runs one request (and response) through an inspector; `verdict` is the last one given. */
export function inspectRequest(
  request: EvalRequest,
  inspector: Inspector,
): { readonly verdict: Verdict; readonly report: MatchReport } {
  const inspection = inspector.open(connection)
  const settle = (verdict: Verdict): Verdict => {
    let current = verdict
    while (current.kind === 'yield') current = inspection.resume(Number.MAX_SAFE_INTEGER)
    return current
  }
  let verdict: Verdict = { kind: 'pass' }
  for (const call of calls(request, inspection)) {
    verdict = settle(call())
    if (verdict.kind !== 'pass' && verdict.kind !== 'more') break
  }
  inspection.close()
  return { verdict, report: inspection.report() }
}

function calls(request: EvalRequest, inspection: ReturnType<Inspector['open']>): (() => Verdict)[] {
  const body =
    request.bodyBase64 === undefined
      ? Buffer.from(request.body ?? '', 'utf8')
      : Buffer.from(request.bodyBase64, 'base64')
  const version = (request.version ?? '1.1').replace(/^HTTP\//i, '')
  const head = {
    method: bytes(request.method),
    target: bytes(request.uri),
    version,
    headers: flat(request.headers),
  }
  const list = [() => inspection.requestHead({ kind: 'request', ...head })]
  if (body.length > 0) list.push(() => inspection.requestBody(body))
  list.push(() => inspection.requestEnd())
  const { response } = request
  if (response === undefined) return list
  const headers = flat(response.headers)
  list.push(() =>
    inspection.responseHead({
      kind: 'response',
      status: response.status ?? 200,
      reason: '',
      version: '1.1',
      headers,
    }),
  )
  if (response.body !== undefined && response.body !== '') {
    const chunk = Buffer.from(response.body, 'utf8')
    list.push(() => inspection.responseBody(chunk))
  }
  list.push(() => inspection.responseEnd())
  return list
}

function flat(headers: EvalRequest['headers']): string[] {
  if (headers === undefined) return []
  const pairs = isPairs(headers) ? headers : Object.entries(headers)
  return pairs.flatMap(([name, value]) => [bytes(name), bytes(String(value))])
}

function isPairs(
  headers: NonNullable<EvalRequest['headers']>,
): headers is readonly (readonly [string, string])[] {
  return Array.isArray(headers)
}

function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function statusOf(verdict: Verdict, passed: number): number {
  switch (verdict.kind) {
    case 'deny':
    case 'redirect':
      return verdict.status
    case 'drop':
      return closedStatus
    case 'exhausted':
      return exhaustedStatus
    default:
      return passed
  }
}
