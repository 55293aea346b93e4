// The way of events through the whole backbone on this machine: how many a second are acknowledged while index and Sigma run beside, and
// how far those two fall behind at a steady rate.
// npx tsc -b && npx tsx --conditions=@sevenfold/source bench/ledger/pipeline.ts [--burst 60000] [--rate 5000] [--seconds 15]
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  createEventBuilder,
  createRedactor,
  encodeLine,
  isJsonObject,
  sealDraft,
  uuidV7,
} from '@sevenfold/event'
import {
  createMetrics,
  loadOrCreateKeys,
  localAgent,
  openSpool,
  registerAgent,
  startShipper,
  systemClock,
} from '@sevenfold/layer'
import type { Spool } from '@sevenfold/layer'
import { askPart, pause, silent, startPartProcess } from '../parts/part-process.ts'
import type { PartProcess } from '../parts/part-process.ts'

const { values } = parseArgs({
  options: {
    burst: { type: 'string', default: '60000' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '15' },
  },
})
const [burst, rate, seconds] = [Number(values.burst), Number(values.rate), Number(values.seconds)]
const limits = { acknowledged: 10_000, lagSeconds: 5 }
const root = mkdtempSync(join(tmpdir(), 'sf-pipe-'))

const silence = {
  probeIntervalMs: 10_000,
  suspectAfterMs: 32_000,
  darkAfterMs: 42_000,
  pathPatienceMs: 60_000,
  canaryAgeMs: 150_000,
}
const configs = {
  ledger: {
    v: 1,
    spoolBytes: 1e8,
    origin: 'bench/ledger',
    segmentSizeBytes: 16_777_216,
    checkpointIntervalMs: 1000,
    segmentsBytes: 1e12,
    // Packing is part of the work.
    gzipAfterMs: 1000,
  },
  collector: {
    v: 1,
    spoolBytes: 1e8,
    retentionMs: 2_592_000_000,
    memoryBytes: 134_217_728,
    indexBytes: 1e12,
  },
  alerts: {
    v: 1,
    spoolBytes: 8_388_608,
    rules: ['builtin'],
    mergeWindowMs: 3_600_000,
    retentionMs: 86_400_000,
    silence,
    playbooks: { folders: [], neverAct: [], commands: [], hosts: [] },
  },
} as const
const parts = ['ledger', 'collector', 'alerts'] as const

const member = (value: unknown, key: string): unknown => (isJsonObject(value) ? value[key] : undefined)
const indexed = async (): Promise<number> =>
  Number(member(member(await askPart(root, 'collector', '/v1/status'), 'index'), 'entries'))
const judged = async (): Promise<number> =>
  Number(member(await askPart(root, 'alerts', '/v1/status'), 'position'))

const redactor = createRedactor(new Uint8Array(32))
const builder = createEventBuilder({ layer: 'edge', now: Date.now, newId: uuidV7, redactor })
let made = 0
/** One request of many visitors; one in fifty is refused by a rule. */
function emit(spool: Spool): void {
  made += 1
  const n = made
  const facts = {
    requestId: uuidV7(),
    site: 'shop',
    clientAddress: `10.${n % 7}.${(n * 31) % 251}.${(n * 17) % 241}`,
    method: 'GET',
    path: `/products/${(n * 7919) % 977}`,
    query: `page=${n % 13}`,
    host: 'shop.example.org',
    httpVersion: '1.1',
    userAgent: `Mozilla/5.0 (X11; Linux x86_64; rv:${100 + (n % 40)}.0) Gecko/20100101`,
    status: n % 50 === 0 ? 403 : 200,
    durationMs: 3,
  }
  const rule = { id: String(942_100 + (n % 20)), name: 'a rule' }
  const judgement = { step: 'waf', verdict: 'block' as const, score: 5 }
  const draft = n % 50 === 0 ? builder.block({ ...facts, rule, judgement }) : builder.access(facts)
  const low = { ...draft, sevenfold: { ...draft.sevenfold, lane: 'low' as const } }
  spool.appendLine('low', (sequence) =>
    encodeLine(sealDraft(low, { id: 'edge/w0', ephemeral_id: spool.epoch }, sequence)),
  )
}

const acknowledged = async (spool: Spool): Promise<void> => {
  while (spool.reader('ledger').backlog() > 0) await pause(5)
}

/** Everything waits in the spool; then it is sent. */
async function burstScene(spool: Spool, ship: () => void): Promise<number> {
  for (let i = 1; i <= burst; i += 1) {
    emit(spool)
    if (i % 5000 === 0) await spool.flush()
  }
  await spool.flush()
  const begun = performance.now()
  ship()
  await acknowledged(spool)
  return burst / ((performance.now() - begun) / 1000)
}

/** A steady rate; the worst that index and judge are behind what was emitted, in seconds. */
async function steadyScene(spool: Spool): Promise<{ index: number; sigma: number; perSecond: number }> {
  const base = made
  const before = { index: await indexed(), sigma: await judged() }
  const worst = { index: 0, sigma: 0 }
  const begun = performance.now()
  for (let tick = 1; tick <= seconds * 20; tick += 1) {
    const wanted = base + Math.floor((tick * rate) / 20)
    while (made < wanted) emit(spool)
    if (tick % 10 === 0) {
      worst.index = Math.max(worst.index, made - base - ((await indexed()) - before.index))
      worst.sigma = Math.max(worst.sigma, made - base - ((await judged()) - before.sigma))
    }
    await pause(Math.max(0, begun + tick * 50 - performance.now()))
  }
  const perSecond = (made - base) / ((performance.now() - begun) / 1000)
  return { index: worst.index / rate, sigma: worst.sigma / rate, perSecond }
}

function told(name: string, figure: string, isHeld: boolean): void {
  console.log(`${name.padEnd(52)} ${figure}: ${isHeld ? 'held' : 'OVER'}`)
  if (!isHeld) process.exitCode = 1
}

const processes: PartProcess[] = []
try {
  for (const part of [...parts, 'edge'] as const) {
    mkdirSync(join(root, part), { recursive: true, mode: 0o700 })
    const keys = loadOrCreateKeys(join(root, part, 'keys'))
    mkdirSync(join(root, 'ledger'), { recursive: true, mode: 0o700 })
    registerAgent(join(root, 'ledger', 'agents.json'), localAgent(part, keys.publicKey))
  }
  for (const part of parts)
    processes.push(await startPartProcess(part, { dataDir: root, config: configs[part] }))
  const metrics = createMetrics()
  const spool = await openSpool({
    folder: join(root, 'edge', 'spool'),
    agentId: 'edge/w0',
    receivers: ['ledger'],
    budgetBytes: 1e12,
    clock: systemClock,
    log: silent,
    metrics,
  })
  const ships: { stop(): Promise<void> }[] = []
  const ship = (): void => {
    const target = { socketPath: join(root, 'ledger', 'ingest.sock') }
    const keys = loadOrCreateKeys(join(root, 'edge', 'keys'))
    ships.push(
      startShipper({ spool, receiver: 'ledger', target, keys, clock: systemClock, log: silent, metrics }),
    )
  }
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}; ledger, collector and alerts beside`,
  )
  const perSecond = await burstScene(spool, ship)
  told(
    `sent → acknowledged, ${burst.toLocaleString('en')} events that waited`,
    `${Math.round(perSecond).toLocaleString('en')} a second; limit at least ${limits.acknowledged.toLocaleString('en')}`,
    perSecond >= limits.acknowledged,
  )
  while ((await indexed()) < burst || (await judged()) < burst) await pause(50)
  const lag = await steadyScene(spool)
  console.log(`steady: ${Math.round(lag.perSecond).toLocaleString('en')} events a second for ${seconds} s`)
  for (const [name, behind] of [
    ['index', lag.index],
    ['Sigma', lag.sigma],
  ] as const)
    told(
      `${name} behind what was emitted, at most`,
      `${behind.toFixed(2)} s; limit ${limits.lagSeconds} s`,
      behind <= limits.lagSeconds,
    )
  await acknowledged(spool)
  for (const shipper of ships) await shipper.stop()
  await spool.close()
} finally {
  for (const process of processes) await process.stop()
  rmSync(root, { recursive: true, force: true })
}
