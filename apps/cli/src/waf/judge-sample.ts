import type { ConnectionInfo, Inspection, Inspector, Verdict } from '@sevenfold/event'
import type { Sample } from './sample.ts'

/** What the rules say of one request. */
export interface Judged {
  readonly verdict: 'pass' | 'block'
  /** Of the refusal; 0 when the connection would just be closed; that of the answer when the request passes. */
  readonly status: number
  /** Inbound anomaly score. */
  readonly score: number
  /** Ids of the rules that matched, in order of logging. */
  readonly rules: readonly string[]
}

const connection: ConnectionInfo = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '192.0.2.1',
  serverPort: 80,
  tls: false,
  requestId: '00000000-0000-7000-8000-000000000000',
  startedAtMs: 1_760_000_000_000,
}
const sliceSteps = 1_000_000

function settle(inspection: Inspection, verdict: Verdict): Verdict {
  let current = verdict
  while (current.kind === 'yield') current = inspection.resume(sliceSteps)
  return current
}

/** The calls of one request, in order; each is made only when the one before lets the request go on. */
function callsOf(inspection: Inspection, sample: Sample): readonly (() => Verdict)[] {
  const { method, target, version, headers, body, response } = sample
  const request = [
    () => inspection.requestHead({ kind: 'request', method, target, version, headers }),
    ...(body.length === 0 ? [] : [() => inspection.requestBody(body)]),
    () => inspection.requestEnd(),
  ]
  if (response === undefined) return request
  const head = {
    kind: 'response',
    status: response.status,
    reason: '',
    version: '1.1',
    headers: response.headers,
  } as const
  return [
    ...request,
    () => inspection.responseHead(head),
    ...(response.body.length === 0 ? [] : [() => inspection.responseBody(response.body)]),
    () => inspection.responseEnd(),
  ]
}

function statusOf(verdict: Verdict): number {
  return verdict.kind === 'deny' || verdict.kind === 'redirect'
    ? verdict.status
    : verdict.kind === 'exhausted'
      ? 503
      : 0
}

/** Runs one request, and its answer when there is one, through an inspector. */
export function judgeSample(inspector: Inspector, sample: Sample): Judged {
  const inspection = inspector.open(connection)
  let refusal: Verdict | undefined
  for (const call of callsOf(inspection, sample)) {
    const verdict = settle(inspection, call())
    if (verdict.kind === 'pass' || verdict.kind === 'more') continue
    refusal = verdict
    break
  }
  inspection.close()
  const { matches, score } = inspection.report()
  return {
    verdict: refusal === undefined ? 'pass' : 'block',
    status: refusal === undefined ? (sample.response?.status ?? 200) : statusOf(refusal),
    score,
    rules: matches.map(({ ruleId }) => ruleId),
  }
}
