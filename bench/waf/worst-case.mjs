// Worst case: one form argument of a repeated piece, CRS at paranoia level 1. CPU time has to stay small and grow
// linearly with the size. usage: node bench/waf/worst-case.mjs [--crs DIR]   (exit code 1 above 50 ms at 8 KB)
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileRuleSet, createSeclangInspector } from '@sevenfold/seclang'
import { files, ruleText } from './rules.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const shared = process.env.SEVENFOLD_SHARED ?? resolve(here, '../../../shared')
const at = process.argv.indexOf('--crs')
const crs = at < 0 ? join(shared, 'crs/rules') : process.argv[at + 1]
if (!existsSync(crs)) {
  console.error(`bench: error: no CRS rules at ${crs}\nhint: give --crs DIR`)
  process.exit(3)
}
const limitMs = 50
const pieces = [
  '\n',
  '<',
  '(',
  'a',
  'on',
  ' ',
  '|',
  '$x',
  "'",
  '"',
  '1',
  '[',
  'or ',
  'select ',
  '../',
  '%25',
  '&#',
  '\\',
  ';',
  'union ',
  '{',
  '`',
  '@',
  '--',
  '/*',
]
const ruleSet = compileRuleSet([{ file: join(here, 'rules.conf'), text: ruleText(crs) }], {
  dialect: 'libmodsecurity3',
  files,
})
const inspector = createSeclangInspector(ruleSet)
const connection = {
  clientAddress: '192.0.2.7',
  clientPort: 34_567,
  serverAddress: '127.0.0.1',
  serverPort: 80,
  tls: false,
  requestId: '01981f2e-7a3c-7000-8000-000000000000',
  startedAtMs: 1_760_000_000_000,
}

function cpuMs(body) {
  const inspection = inspector.open(connection)
  const headers = [
    'Host',
    'a.example',
    'User-Agent',
    'Mozilla/5.0',
    'Accept',
    '*/*',
    'Content-Type',
    'application/x-www-form-urlencoded',
    'Content-Length',
    String(body.length),
  ]
  const start = process.cpuUsage()
  const settle = (verdict) => (verdict.kind === 'yield' ? settle(inspection.resume(1_000_000)) : verdict)
  settle(inspection.requestHead({ kind: 'request', method: 'POST', target: '/c', version: '1.1', headers }))
  inspection.requestBody(Buffer.from(body))
  const { kind } = settle(inspection.requestEnd())
  inspection.close()
  const { user, system } = process.cpuUsage(start)
  return { ms: (user + system) / 1000, kind }
}

const best = (body) => [1, 2, 3, 4, 5].map(() => cpuMs(body)).toSorted((left, right) => left.ms - right.ms)[0]
const body = (piece, size) => `v=${encodeURIComponent(piece.repeat(Math.ceil(size / piece.length)))}`
let worst = 0
console.log('piece        4 KB ms   8 KB ms    ratio  verdict')
for (const piece of pieces) {
  best(body(piece, 2000))
  const [half, whole] = [best(body(piece, 4000)), best(body(piece, 8000))]
  worst = Math.max(worst, whole.ms)
  console.log(
    `${JSON.stringify(piece).padEnd(10)} ${half.ms.toFixed(1).padStart(9)} ${whole.ms.toFixed(1).padStart(9)} ${(whole.ms / half.ms).toFixed(1).padStart(8)}  ${whole.kind}`,
  )
}
console.log(`worst ${worst.toFixed(1)} ms of ${limitMs} ms`)
process.exitCode = worst > limitMs ? 1 : 0
