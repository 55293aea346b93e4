import type { ConnectionInfo, MatchReport, Verdict } from '@sevenfold/event'
import { compileRuleSet } from '../src/compile/compile-rule-set.ts'
import type { Dialect } from '../src/compile/compiled-rule-set.ts'
import { noRuleFiles } from '../src/language/rule-files.ts'
import type { CollectionStore } from '../src/transaction/collection-store.ts'
import { createSeclangInspector } from '../src/transaction/seclang-inspector.ts'

/** A connection with a different value in each field. */
export const connection: ConnectionInfo = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '198.51.100.1',
  serverPort: 8443,
  tls: true,
  requestId: 'request-1',
  // Thursday, 9 October 2025, 08:53:20 UTC.
  startedAtMs: 1_760_000_000_000,
}

/** One exchange; everything left out is as short as can be. Bodies are byte strings. */
export interface Exchange {
  readonly method?: string
  readonly target?: string
  readonly headers?: readonly string[]
  readonly body?: string
  /** Bytes of the request's body at a time. */
  readonly chunk?: number
  readonly response?: {
    readonly status?: number
    readonly headers?: readonly string[]
    readonly body?: string
  }
  readonly dialect?: Dialect
  readonly store?: CollectionStore
}

/** What came of an exchange. */
export interface Outcome {
  readonly verdict: Verdict
  readonly report: MatchReport
  /** Ids of the rules that matched, in order. */
  readonly ids: readonly string[]
}

/** Sends one exchange through rules; bodies are on. */
export function transact(rules: string, exchange: Exchange = {}): Outcome {
  const text = `SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n${rules}\n`
  const { dialect = 'crs', store } = exchange
  const ruleSet = compileRuleSet([{ file: 'test.conf', text }], { files: noRuleFiles, dialect })
  const inspection = createSeclangInspector(ruleSet, store === undefined ? {} : { store }).open(connection)
  const { method = 'GET', target = '/', headers = [], body = '', response } = exchange
  const bytes = Buffer.from(body, 'latin1')
  const calls = [() => inspection.requestHead({ kind: 'request', method, target, version: '1.1', headers })]
  const size = exchange.chunk ?? Math.max(1, bytes.length)
  for (let at = 0; at < bytes.length; at += size)
    calls.push(() => inspection.requestBody(bytes.subarray(at, at + size)))
  calls.push(() => inspection.requestEnd())
  if (response !== undefined) {
    const { status = 200, headers: own = ['Content-Type', 'text/html'], body: answer = '' } = response
    calls.push(
      () => inspection.responseHead({ kind: 'response', status, reason: 'OK', version: '1.1', headers: own }),
      () => inspection.responseBody(Buffer.from(answer, 'latin1')),
      () => inspection.responseEnd(),
    )
  }
  let verdict: Verdict = { kind: 'more' }
  for (const call of calls) {
    verdict = call()
    while (verdict.kind === 'yield') verdict = inspection.resume(10_000)
    if (verdict.kind !== 'more' && verdict.kind !== 'pass') break
  }
  inspection.close()
  const report = inspection.report()
  return { verdict, report, ids: report.matches.map((match) => match.ruleId) }
}
