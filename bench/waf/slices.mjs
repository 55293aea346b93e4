// How long one request keeps the worker from all others: the longest uninterrupted stretch of each hostile body, as the
// edge drives the inspection. usage: node bench/waf/slices.mjs [CRS] [SHAPE]   (needs a build)
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './edge.mjs'
import { hostileBodies } from './hostile-bodies.mjs'
import { connection } from './judge.mjs'

const crs = process.argv[2] ?? join(process.env.SEVENFOLD_SHARED ?? join(root, '../shared'), 'crs/rules')
const only = process.argv[3]
const rounds = 5
const limitMs = 5
const inspectedBodySizeBytes = 1 << 20
const edge = (path) => import(pathToFileURL(join(root, 'layers/edge/dist', path)).href)
const { buildInspection } = await edge('inspection/build-inspection.js')
const { InspectionRun } = await edge('pipeline/inspection-run.js')
const { inspector } = buildInspection({
  rules: [`crs:${crs}`],
  paranoia: 1,
  steps: 5_000_000,
  inspectedBodySizeBytes,
})

/** The inspection with a clock around each of its calls. */
function timed(inner, stretches) {
  const clocked =
    (name) =>
    (...args) => {
      const [started, cpu] = [performance.now(), process.cpuUsage()]
      const verdict = inner[name](...args)
      const { user, system } = process.cpuUsage(cpu)
      // Time on the clock holds other processes of the machine, CPU time holds other threads of this one.
      const ms = Math.min(performance.now() - started, (user + system) / 1000)
      stretches.push({ name, ms, at: inner.transaction.steps })
      return verdict
    }
  const calls = ['requestHead', 'requestBody', 'requestEnd', 'resume', 'close']
  return { ...Object.fromEntries(calls.map((name) => [name, clocked(name)])), report: () => inner.report() }
}

async function stretchesOf({ type, body }) {
  const stretches = []
  const bounds = { inspectionSteps: 5_000_000, inspectionSliceMs: 2 }
  const run = new InspectionRun(
    { open: (from) => timed(inspector.open(from), stretches) },
    connection,
    bounds,
  )
  const call = (work) => new Promise((done) => run.step(work, done))
  const headers = ['Host', 'a.example', 'User-Agent', 'Mozilla/5.0', 'Accept', '*/*', 'Content-Type', type]
  headers.push('Content-Length', String(body.length))
  const head = { kind: 'request', method: 'POST', target: '/c', version: '1.1', headers }
  let outcome = await call((inspection) => inspection.requestHead(head))
  const bytes = Buffer.from(body)
  for (let at = 0; at < bytes.length && outcome.kind === 'more'; at += 65_536)
    outcome = await call((inspection) => inspection.requestBody(bytes.subarray(at, at + 65_536)))
  if (outcome.kind === 'more') outcome = await call((inspection) => inspection.requestEnd())
  run.close()
  return { stretches, kind: outcome.kind }
}

const longest = (stretches) => stretches.reduce((most, one) => (one.ms > most.ms ? one : most))
let worst = 0
console.log('shape                  longest ms  in            stretches  together ms  verdict')
for (const [name, make] of Object.entries(hostileBodies)) {
  if (only !== undefined && only !== name) continue
  const body = make()
  await stretchesOf(body)
  // Other work on the machine lengthens single stretches: of several rounds the best tells what the inspection needs.
  const taken = []
  for (let round = 0; round < rounds; round++) taken.push(await stretchesOf(body))
  const best = taken.toSorted((a, b) => longest(a.stretches).ms - longest(b.stretches).ms)[0]
  const { ms, name: call, at } = longest(best.stretches)
  const sum = best.stretches.reduce((total, one) => total + one.ms, 0)
  worst = Math.max(worst, ms)
  console.log(
    `${name.padEnd(22)} ${ms.toFixed(1).padStart(10)}  ${`${call}@${at}`.padEnd(18)} ${String(best.stretches.length).padStart(9)} ${sum.toFixed(0).padStart(12)}  ${best.kind}`,
  )
}
console.log(`longest stretch ${worst.toFixed(1)} ms (must ${limitMs} ms)${worst > limitMs ? '  MISSED' : ''}`)
process.exitCode = worst > limitMs ? 1 : 0
