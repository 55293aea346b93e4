// Worst case: one form argument of a repeated piece, and seeded mixtures of pieces in forms, many arguments and JSON; CRS
// at paranoia level 1. CPU time has to stay small and grow linearly with the size. usage: node bench/waf/worst-case.mjs [--crs DIR]   (exit code 1 above 50 ms at 8 KB)
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileRuleSet, createSeclangInspector } from '@sevenfold/seclang'
import { generator } from './corpus.mjs'
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

function cpuMs(body, type = 'application/x-www-form-urlencoded') {
  const inspection = inspector.open(connection)
  const headers = [
    'Host',
    'a.example',
    'User-Agent',
    'Mozilla/5.0',
    'Accept',
    '*/*',
    'Content-Type',
    type,
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
// Mixtures: a few pieces in random order, 8 KB of them, in one value, in hundreds, or in JSON.
const mixtures = 300
const seed = 1
const random = generator(seed)
const below = (limit) => Math.floor(random() * limit)
const more = [
  '%',
  '%u0027',
  '&#x3c;',
  '\\x3c',
  'java',
  'onerror=',
  '<svg ',
  '${',
  '{{',
  '/etc/',
  'cmd',
  'sleep(',
  '0x',
  "' or '",
  'http://',
  '\r\n',
  '\0',
  'é',
]
const places = [
  (text) => [`v=${encodeURIComponent(text).slice(0, 8000)}`, 'application/x-www-form-urlencoded'],
  (text) => [
    Array.from({ length: 300 }, (_, n) => `p${n}=${encodeURIComponent(text.slice(n * 9, n * 9 + 9))}`)
      .join('&')
      .slice(0, 8000),
    'application/x-www-form-urlencoded',
  ],
  (text) => [
    JSON.stringify({ a: Array.from({ length: 200 }, (_, n) => text.slice(n * 30, n * 30 + 30)) }).slice(
      0,
      8000,
    ),
    'application/json',
  ],
  (text) => [JSON.stringify({ a: text.slice(0, 7000) }).slice(0, 8000), 'application/json'],
]
let heaviest = { ms: 0 }
for (let number = 0; number < mixtures; number++) {
  const all = [...pieces, ...more]
  const chosen = Array.from({ length: 1 + below(5) }, () => all[below(all.length)])
  let text = ''
  while (text.length < 8000) text += chosen[below(chosen.length)]
  const [made, type] = places[number % places.length](text)
  cpuMs(made, type)
  const { ms } = [1, 2, 3].map(() => cpuMs(made, type)).toSorted((left, right) => left.ms - right.ms)[0]
  if (ms > heaviest.ms) heaviest = { ms, chosen, type }
}
worst = Math.max(worst, heaviest.ms)
console.log(
  `${mixtures} mixtures of up to 8 KB, seed ${seed}: heaviest ${heaviest.ms.toFixed(1)} ms (${heaviest.type}, ${JSON.stringify(heaviest.chosen)})`,
)
console.log(
  `worst request of up to 8 KB: ${worst.toFixed(1)} ms CPU (must ${limitMs} ms, goal 15 ms)${worst > limitMs ? '  MISSED' : ''}`,
)
process.exitCode = worst > limitMs ? 1 : 0
