import { Buffer } from 'node:buffer'

import type { Verdict } from '@sevenfold/event'

import { compileRuleSet, createSeclangInspector, SeclangError } from '../src/index.ts'
import type { RuleFiles, TraceEvent } from '../src/index.ts'

/** One case of ModSecurity's regression suite. */
export interface RegressionCase {
  readonly enabled: number
  readonly version_min?: number
  readonly version_max?: number
  readonly title: string
  readonly resource?: string
  readonly rules: readonly string[]
  readonly client?: { readonly ip?: string; readonly port?: number | string }
  readonly server?: { readonly ip?: string; readonly port?: number | string }
  readonly request?: {
    readonly method?: string
    readonly uri?: string
    readonly http_version?: number | string
    readonly headers?: Readonly<Record<string, string>> | string
    readonly body?: readonly string[] | string
  }
  readonly response?: {
    readonly headers?: Readonly<Record<string, string>> | string
    readonly body?: readonly string[] | string
  }
  readonly expected: {
    readonly http_code?: number
    readonly parser_error?: string
    readonly redirect_url?: string
    readonly debug_log?: string
  }
}

/** `pass`, `skip` with the reason, or what is wrong. */
export type RegressionOutcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'skip' | 'fail'; readonly why: string }

/** Rules that the peer loads although they can never work, or that only a backtracking matcher can run. */
const refusedByDesign =
  /is not supported|no such file|files are available|look(?:ahead|behind)|is not closed|address on the network/

/** Lines of the debug log that have a counterpart in our trace; other lines are wording of the peer. */
const traceable = /^\(?\.?\*?\)?\s*(?:Target value:|t:trim|\\?\[9\\?\]  T|T \\\(0|lowercase:)/

/** Runs one case in the `libmodsecurity3` dialect. */
export function runRegressionCase(test: RegressionCase, files: RuleFiles): RegressionOutcome {
  if (test.enabled !== 1) return { kind: 'skip', why: 'not enabled' }
  if (test.resource !== undefined && test.resource !== 'curl' && test.resource !== 'libxml2') {
    return { kind: 'skip', why: `needs ${test.resource}` }
  }
  const text = test.rules.join('\n')
  if (text.includes('SecUnicodeMapFile')) return { kind: 'skip', why: 'other code pages are not read' }
  const events: TraceEvent[] = []
  try {
    const ruleSet = compileRuleSet(
      [{ file: 'case.conf', text: Buffer.from(text, 'utf8').toString('latin1') }],
      {
        dialect: 'libmodsecurity3',
        files,
      },
    )
    if (test.expected.parser_error !== undefined && test.expected.parser_error !== '') {
      return { kind: 'fail', why: 'should be refused' }
    }
    const verdict = exchange(test, createSeclangInspector(ruleSet, { tracer: (event) => events.push(event) }))
    return judge(test, verdict, events)
  } catch (error) {
    if (!(error instanceof SeclangError)) throw error
    if (test.expected.parser_error !== undefined) return { kind: 'pass' }
    const isRefusal = error.faults.every((fault) =>
      ['WAF_RULE_UNSUPPORTED', 'WAF_RULE_FILE'].includes(fault.code),
    )
    if (isRefusal || refusedByDesign.test(error.message)) {
      return { kind: 'skip', why: error.message }
    }
    return { kind: 'fail', why: error.message }
  }
}

function exchange(test: RegressionCase, inspector: ReturnType<typeof createSeclangInspector>): Verdict {
  const inspection = inspector.open({
    clientAddress: test.client?.ip ?? '127.0.0.1',
    clientPort: Number(test.client?.port ?? 1234),
    serverAddress: test.server?.ip ?? '127.0.0.1',
    serverPort: Number(test.server?.port ?? 80),
    tls: false,
    requestId: '14.5.6',
    startedAtMs: 1_760_000_000_000,
  })
  const request = test.request ?? {}
  const body = bytes(request.body)
  const responseBody = bytes(test.response?.body)
  const calls = [
    () =>
      inspection.requestHead({
        kind: 'request',
        method: request.method ?? 'GET',
        target: latin(request.uri ?? '/'),
        version: String(request.http_version ?? '1.1'),
        headers: flat(request.headers),
      }),
    () => (body.length > 0 ? inspection.requestBody(body) : pass),
    () => inspection.requestEnd(),
    () =>
      inspection.responseHead({
        kind: 'response',
        status: 200,
        reason: 'OK',
        version: '1.1',
        headers: flat(test.response?.headers),
      }),
    () => (responseBody.length > 0 ? inspection.responseBody(responseBody) : pass),
    () => inspection.responseEnd(),
  ]
  let verdict: Verdict = pass
  for (const call of calls) {
    verdict = call()
    while (verdict.kind === 'yield') verdict = inspection.resume(1_000_000)
    if (verdict.kind !== 'pass' && verdict.kind !== 'more') break
  }
  inspection.close()
  return verdict
}

const pass: Verdict = { kind: 'pass' }

function judge(test: RegressionCase, verdict: Verdict, events: readonly TraceEvent[]): RegressionOutcome {
  const { http_code: wanted, redirect_url: location, debug_log: log } = test.expected
  // The suite's server answers 403 where the connection is dropped or a body is too large.
  const status = verdict.kind === 'drop' ? 403 : 'status' in verdict ? verdict.status : 200
  const given = status === 413 || status === 502 ? 403 : status
  if (wanted !== undefined && wanted !== given)
    return { kind: 'fail', why: `status ${given}, wanted ${wanted}` }
  if (location !== undefined && (verdict.kind !== 'redirect' || verdict.location !== location)) {
    return { kind: 'fail', why: `no redirect to ${location}` }
  }
  if (log !== undefined && traceable.test(log)) {
    const trace = traceText(events)
    // Names are compared without case.
    if (!new RegExp(log, 'i').test(trace)) return { kind: 'fail', why: `trace lacks ${log}` }
    return { kind: 'pass' }
  }
  return wanted === undefined && location === undefined
    ? { kind: 'skip', why: 'only the wording of a log is asked for' }
    : { kind: 'pass' }
}

/** Our trace in the words of the peer's debug log. */
export function traceText(events: readonly TraceEvent[]): string {
  return events
    .map((event) => {
      switch (event.kind) {
        case 'value':
          return ` Target value: "${escaped(event.value)}" (Variable: ${escaped(event.variable)})`
        case 'transformation':
          return `[9]  T (0) t:${event.name}: "${escaped(event.value)}"`
        case 'result':
          return `Rule returned ${event.matched ? 1 : 0}.`
        case 'set':
          return `Saving variable: ${event.variable} with value: ${event.value}`
        default:
          return ''
      }
    })
    .join('\n')
}

function escaped(text: string): string {
  return text.replaceAll(/[^ -~]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function flat(headers: Readonly<Record<string, string>> | string | undefined): string[] {
  if (headers === undefined || typeof headers === 'string') return []
  return Object.entries(headers).flatMap(([name, value]) => [latin(name), latin(value)])
}

function bytes(body: readonly string[] | string | undefined): Buffer {
  return Buffer.from(
    typeof body === 'string' ? body : (body ?? []).map((line) => `${line}\n`).join(''),
    'utf8',
  )
}

function latin(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
