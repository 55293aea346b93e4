// One request through the engine, as the edge drives it.
import { readFileSync } from 'node:fs'
import { compileRuleSet, createSeclangInspector } from '@sevenfold/seclang'
import { files } from './rules.mjs'

/** Steps that the edge allows one request (docs/configuration.md, edge.limits.inspectionSteps). */
export const edgeSteps = 5_000_000

/** Compiles a rule file in the dialect of the peer. */
export function compileFile(path) {
  const ruleSet = compileRuleSet([{ file: path, text: readFileSync(path, 'latin1') }], {
    dialect: 'libmodsecurity3',
    files,
  })
  return createSeclangInspector(ruleSet, { totalSteps: edgeSteps })
}

const responseBody = Buffer.from(
  '{"ok":true,"id":481516,"items":[{"name":"garden chair","price":19.99}],"next":null,"took":7}',
)
const responseHead = {
  kind: 'response',
  status: 200,
  reason: 'OK',
  version: '1.1',
  headers: ['Content-Type', 'application/json', 'Content-Length', String(responseBody.length)],
}

/** What every request of the benchmarks comes from. */
export const connection = {
  clientAddress: '192.0.2.7',
  clientPort: 34_567,
  serverAddress: '127.0.0.1',
  serverPort: 80,
  tls: false,
  requestId: '01981f2e-7a3c-7000-8000-000000000000',
  startedAtMs: 1_760_000_000_000,
}

/** All five phases of one request; status 0 when nothing interrupts it. */
export function judge(inspector, { method, target, headers, body }) {
  const inspection = inspector.open(connection)
  const settle = (verdict) => {
    let current = verdict
    while (current.kind === 'yield') current = inspection.resume(1_000_000)
    return current
  }
  const goesOn = (verdict) => verdict.kind === 'pass' || verdict.kind === 'more'
  let verdict = settle(inspection.requestHead({ kind: 'request', method, target, version: '1.1', headers }))
  if (goesOn(verdict) && body.length > 0) verdict = settle(inspection.requestBody(body))
  if (goesOn(verdict)) verdict = settle(inspection.requestEnd())
  if (goesOn(verdict)) verdict = settle(inspection.responseHead(responseHead))
  if (goesOn(verdict)) verdict = settle(inspection.responseBody(responseBody))
  if (goesOn(verdict)) verdict = settle(inspection.responseEnd())
  inspection.close()
  const report = inspection.report()
  const rules = report.matches.map((match) => Number(match.ruleId))
  const status = 'status' in verdict ? verdict.status : verdict.kind === 'drop' ? 444 : 0
  return {
    status,
    rules: [...new Set(rules)].sort((left, right) => left - right),
    exhausted: verdict.kind === 'exhausted',
    steps: report.steps,
  }
}
