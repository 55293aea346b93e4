import { Buffer } from 'node:buffer'

import type { ConnectionInfo, Inspector, RuleMatch, Verdict } from '@sevenfold/event'

import { buildRequest } from './build-request.ts'
import type { FtwOutput, FtwStage, FtwTest } from './ftw-test.ts'
import { readHttpRequest } from './read-http.ts'
import { reflect } from './reflect.ts'

/** Outcome of one test. */
export interface FtwOutcome {
  readonly test: string
  readonly pass: boolean
  /** Why it failed; empty when it passed. */
  readonly why: string
}

/** What a request led to. */
export interface Exchange {
  /** null when there was no answer. */
  readonly status: number | null
  readonly body: string
  readonly matches: readonly RuleMatch[]
}

const connection: ConnectionInfo = {
  clientAddress: '127.0.0.1',
  clientPort: 40_000,
  serverAddress: '127.0.0.1',
  serverPort: 80,
  tls: false,
  requestId: 'f00dfeed4b1d2c3a5e6f708192a3b4c5',
  startedAtMs: 1_760_000_000_000,
}

/** Runs one CRS regression test against an inspector, without a network. */
export function runFtwTest(test: FtwTest, inspector: Inspector): FtwOutcome {
  for (const stage of test.stages) {
    const why = runStage(stage, inspector)
    if (why !== '') return { test: test.id, pass: false, why }
  }
  return { test: test.id, pass: true, why: '' }
}

function runStage(stage: FtwStage, inspector: Inspector): string {
  return judge(stage.output, exchange(buildRequest(stage.input), inspector))
}

/** Sends raw bytes through the inspector to the test back end and back. */
export function exchange(bytes: string, inspector: Inspector): Exchange {
  const request = readHttpRequest(bytes)
  if (request === null) return { status: 400, body: '', matches: [] }
  const inspection = inspector.open(connection)
  const settle = (verdict: Verdict): Verdict => {
    let current = verdict
    while (current.kind === 'yield') current = inspection.resume(Number.MAX_SAFE_INTEGER)
    return current
  }
  const answer = (status: number | null, body: string): Exchange => {
    inspection.close()
    return { status, body, matches: inspection.report().matches }
  }
  const { method, target, version, headers } = request
  const requestCalls = [
    () => inspection.requestHead({ kind: 'request', method, target, version: version.slice(5), headers }),
    () => (request.body === '' ? pass : inspection.requestBody(Buffer.from(request.body, 'latin1'))),
    () => inspection.requestEnd(),
  ]
  const refusal = firstRefusal(requestCalls, settle)
  if (refusal !== null) return answer(statusOf(refusal), '')
  const response = reflect(request)
  const responseCalls = [
    () =>
      inspection.responseHead({
        kind: 'response',
        status: response.status,
        reason: '',
        version: '1.1',
        headers: response.headers,
      }),
    () => inspection.responseBody(Buffer.from(response.body, 'latin1')),
    () => inspection.responseEnd(),
  ]
  const late = firstRefusal(responseCalls, settle)
  return late === null ? answer(response.status, response.body) : answer(statusOf(late), '')
}

const pass: Verdict = { kind: 'pass' }

function firstRefusal(
  calls: readonly (() => Verdict)[],
  settle: (verdict: Verdict) => Verdict,
): Verdict | null {
  for (const call of calls) {
    const verdict = settle(call())
    if (verdict.kind !== 'pass' && verdict.kind !== 'more') return verdict
  }
  return null
}

function statusOf(verdict: Verdict): number | null {
  if (verdict.kind === 'deny' || verdict.kind === 'redirect') return verdict.status
  return verdict.kind === 'drop' ? null : 503
}

function judge(output: FtwOutput, { status, body, matches }: Exchange): string {
  if (output.expectError) return status === null || status === 400 ? '' : 'expected an error'
  if (status === null) return 'no response'
  if (output.status !== null && output.status !== status) return `status ${status}, wanted ${output.status}`
  if (output.responseContains !== null && !toRegExp(output.responseContains).test(body))
    return 'response text missing'
  const ids = new Set(matches.map((match) => match.ruleId))
  const lines = matches.map(logLine)
  const { matchRegex, noMatchRegex } = output
  if (matchRegex !== null && !lines.some((line) => toRegExp(matchRegex).test(line)))
    return `log lacks ${matchRegex}`
  const missing = output.expectIds.filter((id) => !ids.has(id))
  if (missing.length > 0) return `missing ${missing.join(',')} (got ${[...ids].join(',')})`
  if (output.isolated && ids.size !== 1) return `not alone: ${[...ids].join(',')}`
  if (noMatchRegex !== null && lines.some((line) => toRegExp(noMatchRegex).test(line)))
    return `log has ${noMatchRegex}`
  const unwanted = output.noExpectIds.filter((id) => ids.has(id))
  return unwanted.length > 0 ? `unwanted ${unwanted.join(',')}` : ''
}

function logLine(match: RuleMatch): string {
  const tags = match.tags.map((tag) => `[tag "${tag}"]`).join(' ')
  return `ModSecurity: Warning. [id "${match.ruleId}"] [msg "${logText(match.message)}"] [data "${logText(match.data)}"] [severity "${match.severity ?? ''}"] [ver "${match.ruleset}"] ${tags}`
}

// Bytes that would break a log line are escaped, as the peers do.
function logText(text: string): string {
  return text.replaceAll(/[^ -~]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

// The patterns stand in the test files that the caller chose to run, not in traffic.
function toRegExp(pattern: string): RegExp {
  return pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'i') : new RegExp(pattern)
}
