// How far the alerts process falls behind a ledger that grows by 5,000 events a second, and what that costs.
// npx tsc -b && npx tsx --conditions=@sevenfold/source bench/alerts/lag.ts [events a second] [seconds]
import { fork } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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

function ask(path: string): Promise<{ position: number }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: join(root, 'alerts', 'api.sock'), path, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve(JSON.parse(text) as { position: number }))
    })
    call.on('error', reject)
    call.end()
  })
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** CPU seconds of a process so far (proc(5); 100 ticks a second). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

mkdirSync(segments, { recursive: true, mode: 0o700 })
mkdirSync(join(root, 'alerts'), { recursive: true, mode: 0o700 })
writeFileSync(segment, '')
writeFileSync(join(root, 'alerts', 'config.json'), JSON.stringify(config))
const { events } = makeDay(createRandom(2026))
const lines = events.map(({ event }) => `${JSON.stringify(event)}\n`)
const child = fork(fileURLToPath(new URL('../../backbone/alerts/dist/main.js', import.meta.url)), {
  env: { ...process.env, SEVENFOLD_DATA: root },
  execArgv: ['--max-semi-space-size=2'],
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
})
await new Promise<void>((resolve) => child.once('message', () => resolve()))
const pid = child.pid ?? 0
const before = cpuSeconds(pid)
let written = 0
let worst = 0
const begun = performance.now()
for (let slice = 1; slice <= seconds * 10; slice += 1) {
  const wanted = Math.floor((slice * perSecond) / 10)
  let text = ''
  for (; written < wanted; written += 1) text += lines[written % lines.length] ?? ''
  appendFileSync(segment, text)
  if (slice % 5 === 0) worst = Math.max(worst, written - (await ask('/v1/status')).position)
  await pause(Math.max(0, begun + slice * 100 - performance.now()))
}
const ended = performance.now()
while ((await ask('/v1/status')).position < written) await pause(20)
const behindMs = performance.now() - ended
const used = cpuSeconds(pid) - before
console.log(
  `alerts process: ${written} events at ${Math.round(written / ((ended - begun) / 1000))} a second, node ${process.version}`,
)
console.log(`furthest behind                 ${worst} events, ${(worst / perSecond).toFixed(2)} s`)
console.log(`caught up after the last one    ${(behindMs / 1000).toFixed(2)} s`)
console.log(`judged a second of CPU time     ${Math.round(written / used)} events`)
console.log(`memory                          ${residentMiB(pid).toFixed(0)} MiB`)
child.kill('SIGTERM')
await new Promise<void>((resolve) => child.once('close', () => resolve()))
rmSync(root, { recursive: true, force: true })
printLimit(`Sigma's lag at ${perSecond} events a second, seconds`, worst / perSecond, { most: 5 })
