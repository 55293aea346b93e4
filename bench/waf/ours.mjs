// Our side of the benchmark, in a process of its own: runs a corpus through the engine, all five phases, one thread.
// The built package is measured: sources run through a loader are slower.
// usage: node ours.mjs RULES.conf WARMUP.bin,WARMUP.bin,… CORPUS.bin [VERDICTS]
// The warm-up requests are others than the measured ones: only the compiler's work is left out, as for a running server.
import { readFileSync, writeFileSync } from 'node:fs'
import { compileRuleSet, createSeclangInspector } from '@sevenfold/seclang'
import { decodeCorpus } from './corpus.mjs'
import { files } from './rules.mjs'

const [rulesPath = '', warmUpPath = '', corpusPath = '', verdictsPath] = process.argv.slice(2)
const bareMemory = process.memoryUsage().rss
const compileStart = process.cpuUsage()
const ruleSet = compileRuleSet([{ file: rulesPath, text: readFileSync(rulesPath, 'latin1') }], {
  dialect: 'libmodsecurity3',
  files,
})
const compileMs = micros(process.cpuUsage(compileStart)) / 1000
const inspector = createSeclangInspector(ruleSet)
const responseBody = Buffer.from(
  '{"ok":true,"id":481516,"items":[{"name":"garden chair","price":19.99}],"next":null,"took":7}',
)
const connection = {
  clientAddress: '192.0.2.7',
  clientPort: 34_567,
  serverAddress: '127.0.0.1',
  serverPort: 80,
  tls: false,
  requestId: '01981f2e-7a3c-7000-8000-000000000000',
  startedAtMs: 1_760_000_000_000,
}
const responseHead = {
  kind: 'response',
  status: 200,
  reason: 'OK',
  version: '1.1',
  headers: ['Content-Type', 'application/json', 'Content-Length', String(responseBody.length)],
}

function micros(usage) {
  return usage.user + usage.system
}

function run(request) {
  const inspection = inspector.open(connection)
  const { method, target, headers, body } = request
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
  const rules = inspection.report().matches.map((match) => Number(match.ruleId))
  const status = 'status' in verdict ? verdict.status : verdict.kind === 'drop' ? 444 : 0
  return {
    status,
    rules: [...new Set(rules)].sort((left, right) => left - right),
    exhausted: verdict.kind === 'exhausted',
  }
}

if (verdictsPath !== undefined) {
  const lines = decodeCorpus(readFileSync(corpusPath)).map((request) => JSON.stringify(run(request)))
  writeFileSync(verdictsPath, `${lines.join('\n')}\n`)
} else {
  for (const path of warmUpPath.split(','))
    for (const request of decodeCorpus(readFileSync(path))) run(request)
  const requests = decodeCorpus(readFileSync(corpusPath))
  for (let at = 0; at < requests.length;) {
    const group = requests[at]?.class
    const start = process.cpuUsage()
    let end = at
    for (
      let request = requests[end];
      request !== undefined && request.class === group;
      request = requests[++end]
    )
      run(request)
    console.log(JSON.stringify({ class: group, us: micros(process.cpuUsage(start)) / (end - at) }))
    at = end
  }
  console.log(JSON.stringify({ compileMs, memoryMb: (process.memoryUsage().rss - bareMemory) / 1_048_576 }))
}
