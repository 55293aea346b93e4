// How far the alerts process falls behind a ledger that grows by 5,000 events a second, and what that costs.
// npx tsc -b && npx tsx --conditions=@sevenfold/source bench/alerts/lag.ts [events a second] [seconds]
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import { cpuMicros, rssMegabytes } from '../parts/process-usage.ts'
import { askPart, pause, startPartProcess } from '../parts/part-process.ts'
import { printLimit } from '../silence/limit.ts'
import { createRandom } from '../silence/random.ts'
import { makeDay } from './day.ts'

const perSecond = Number(process.argv[2] ?? 5_000)
const seconds = Number(process.argv[3] ?? 20)
const root = mkdtempSync(join(tmpdir(), 'sf-lag-'))
const segments = join(root, 'ledger', 'segments')
const segment = join(segments, '00000000000000000000.ndjson')
const silence = {
  probeIntervalMs: 10_000,
  suspectAfterMs: 32_000,
  darkAfterMs: 42_000,
  pathPatienceMs: 60_000,
  canaryAgeMs: 150_000,
}
const playbooks = { folders: [], neverAct: [], commands: [], hosts: [] }
const config = {
  v: 1,
  spoolBytes: 8_388_608,
  rules: ['builtin'],
  mergeWindowMs: 3_600_000,
  retentionMs: 86_400_000,
  silence,
  playbooks,
}

const position = async (): Promise<number> => {
  const status = await askPart(root, 'alerts', '/v1/status')
  return isJsonObject(status) ? Number(status['position']) : 0
}

mkdirSync(segments, { recursive: true, mode: 0o700 })
writeFileSync(segment, '')
const { events } = makeDay(createRandom(2026))
const lines = events.map(({ event }) => `${JSON.stringify(event)}\n`)
const alerts = await startPartProcess('alerts', {
  dataDir: root,
  config,
  execArgv: ['--max-semi-space-size=2'],
})
const before = cpuMicros(alerts.pid)
let written = 0
let worst = 0
const begun = performance.now()
for (let slice = 1; slice <= seconds * 10; slice += 1) {
  const wanted = Math.floor((slice * perSecond) / 10)
  let text = ''
  for (; written < wanted; written += 1) text += lines[written % lines.length] ?? ''
  appendFileSync(segment, text)
  if (slice % 5 === 0) worst = Math.max(worst, written - (await position()))
  await pause(Math.max(0, begun + slice * 100 - performance.now()))
}
const ended = performance.now()
while ((await position()) < written) await pause(20)
const behindMs = performance.now() - ended
const used = (cpuMicros(alerts.pid) - before) / 1e6
console.log(
  `alerts process: ${written} events at ${Math.round(written / ((ended - begun) / 1000))} a second, node ${process.version}`,
)
console.log(`furthest behind                 ${worst} events, ${(worst / perSecond).toFixed(2)} s`)
console.log(`caught up after the last one    ${(behindMs / 1000).toFixed(2)} s`)
console.log(`judged a second of CPU time     ${Math.round(written / used)} events`)
console.log(`memory                          ${rssMegabytes(alerts.pid).toFixed(0)} MiB`)
await alerts.stop()
rmSync(root, { recursive: true, force: true })
printLimit(`Sigma's lag at ${perSecond} events a second, seconds`, worst / perSecond, { most: 5 })
