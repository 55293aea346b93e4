// Durable entries a second and core of the ledger, beside a plain append with the same syncs in the same run.
// npx tsc -b && npx tsx --conditions=@sevenfold/source bench/ledger/throughput.ts [--entries 100000] [--rounds 3]
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  createMetrics,
  loadOrCreateKeys,
  localAgent,
  openSpool,
  registerAgent,
  startShipper,
  systemClock,
} from '@sevenfold/layer'
import { openLedgerLog } from '@sevenfold/ledger'
import { cpuMicros } from '../parts/process-usage.ts'
import { pause, silent, startPartProcess } from '../parts/part-process.ts'

const { values } = parseArgs({
  options: { entries: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '3' } },
})
const entries = Number(values.entries)
const rounds = Number(values.rounds)
const batchLines = 500
/** Of the whole process, with every check of a batch. */
const limitPerCore = 20_000
const root = mkdtempSync(join(tmpdir(), 'sf-ledger-bench-'))

interface Figure {
  readonly wallMs: number
  readonly cpuMs: number
}

/** One event line of about 700 bytes, the mean of the demo's events. */
function line(sequence: number, agent: string, epoch: string): string {
  return JSON.stringify({
    '@timestamp': '2026-01-31T12:00:00.000Z',
    ecs: { version: '9.0.0' },
    event: {
      id: `0192f0c4-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
      kind: 'event',
      category: ['web'],
      type: ['access'],
      action: 'access',
      dataset: 'sevenfold.edge.access',
      module: 'sevenfold',
      outcome: 'success',
      duration: 1_234_567,
      sequence,
    },
    agent: { id: agent, ephemeral_id: epoch },
    sevenfold: { v: 1, kind: 'access', layer: 'edge', lane: 'low', site: 'shop' },
    source: {
      ip: `10.0.${(sequence >> 8) & 255}.${sequence & 255}`,
      address: '10.0.0.1',
      port: 40_000 + (sequence % 20_000),
      bytes: 312,
    },
    url: {
      path: `/products/${sequence % 977}`,
      domain: 'shop.example.org',
      original: `/products/${sequence % 977}?page=2`,
    },
    http: {
      version: '1.1',
      request: { id: `r${sequence}`, method: 'GET' },
      response: { status_code: 200, body: { bytes: 5120 } },
    },
    user_agent: { original: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
  })
}

async function measure(work: () => Promise<void>): Promise<Figure> {
  const cpu = process.cpuUsage()
  const wall = performance.now()
  await work()
  const used = process.cpuUsage(cpu)
  return { wallMs: performance.now() - wall, cpuMs: (used.user + used.system) / 1000 }
}

function bodies(): Buffer[] {
  const all: Buffer[] = []
  for (let first = 1; first <= entries; first += batchLines) {
    let text = ''
    for (let i = 0; i < batchLines; i += 1) text += `${line(first + i, 'edge/w0', 'e1')}\n`
    all.push(Buffer.from(text))
  }
  return all
}

/** What nobody can do without: the bytes, and a sync for each group of eight batches. */
async function plainAppend(folder: string, batches: readonly Buffer[]): Promise<Figure> {
  const handle = await open(join(folder, 'plain'), 'w')
  const figure = await measure(async () => {
    for (let i = 0; i < batches.length; i += 8) {
      await handle.write(Buffer.concat(batches.slice(i, i + 8)))
      await handle.datasync()
    }
  })
  await handle.close()
  return figure
}

/** The log: the same bytes in the same groups, with leaf hashes, tree, tiles and a signed checkpoint a second. */
async function ledgerAppend(folder: string, batches: readonly Buffer[]): Promise<Figure> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signer = {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    sign: (text: Uint8Array) => sign(null, text, privateKey).toString('base64'),
  }
  const log = await openLedgerLog({
    folder,
    origin: 'bench/ledger',
    signer,
    segmentBytes: 16_777_216,
    retainBytes: 1e12,
  })
  const timer = setInterval(() => void log.checkpoint(), 1000)
  const figure = await measure(async () => {
    for (let i = 0; i < batches.length; i += 8) {
      await Promise.all(
        batches.slice(i, i + 8).map((body, j) =>
          log.append({
            agent: 'edge/w0',
            epoch: 'e1',
            lane: 'low',
            first: (i + j) * batchLines + 1,
            lines: batchLines,
            hash: '',
            body,
          }),
        ),
      )
    }
    await log.checkpoint()
  })
  clearInterval(timer)
  await log.close()
  return figure
}

/** The whole way: spool on disk, signed gzip batches, the ledger process with all its checks, acknowledgement. */
async function throughProcess(folder: string): Promise<Figure> {
  for (const part of ['ledger', 'edge']) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 })
  const keys = loadOrCreateKeys(join(folder, 'edge', 'keys'))
  registerAgent(join(folder, 'ledger', 'agents.json'), localAgent('edge', keys.publicKey))
  const own = loadOrCreateKeys(join(folder, 'ledger', 'keys'))
  registerAgent(join(folder, 'ledger', 'agents.json'), localAgent('ledger', own.publicKey))
  const config = {
    v: 1,
    spoolBytes: 1e8,
    origin: 'bench/ledger',
    segmentSizeBytes: 16_777_216,
    checkpointIntervalMs: 1000,
    segmentsBytes: 1e12,
  }
  const metrics = createMetrics()
  const spool = await openSpool({
    folder: join(folder, 'edge', 'spool'),
    agentId: 'edge/w0',
    receivers: ['ledger'],
    budgetBytes: 1e12,
    clock: systemClock,
    log: silent,
    metrics,
  })
  for (let i = 0; i < entries; i += 1) {
    spool.appendLine('low', (sequence) => line(sequence, 'edge/w0', spool.epoch))
    if (i % 5000 === 0) await spool.flush()
  }
  await spool.flush()
  const ledger = await startPartProcess('ledger', { dataDir: folder, config })
  const [cpu, wall] = [cpuMicros(ledger.pid), performance.now()]
  const shipper = startShipper({
    spool,
    receiver: 'ledger',
    target: { socketPath: join(folder, 'ledger', 'ingest.sock') },
    keys,
    clock: systemClock,
    log: silent,
    metrics,
  })
  while (spool.reader('ledger').backlog() > 0) await pause(5)
  const figure = { wallMs: performance.now() - wall, cpuMs: (cpuMicros(ledger.pid) - cpu) / 1000 }
  await shipper.stop()
  await spool.close()
  await ledger.stop()
  return figure
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

function row(name: string, figures: readonly Figure[]): number {
  const perCore = entries / (median(figures.map(({ cpuMs }) => cpuMs)) / 1000)
  const perWall = entries / (median(figures.map(({ wallMs }) => wallMs)) / 1000)
  console.log(
    `${name.padEnd(44)} ${Math.round(perCore).toLocaleString('en').padStart(10)} ${Math.round(perWall).toLocaleString('en').padStart(10)}`,
  )
  return perCore
}

try {
  const found: Record<'plain' | 'log' | 'process', Figure[]> = { plain: [], log: [], process: [] }
  for (let round = 0; round < rounds; round += 1) {
    const folder = (name: string): string => {
      const path = join(root, `${round}-${name}`)
      mkdirSync(path, { mode: 0o700 })
      return path
    }
    found.plain.push(await plainAppend(folder('plain'), bodies()))
    found.log.push(await ledgerAppend(folder('log'), bodies()))
    found.process.push(await throughProcess(folder('process')))
    rmSync(root, { recursive: true, force: true })
    mkdirSync(root)
  }
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}; ${entries} entries of ${line(1, 'edge/w0', 'e1').length} bytes, median of ${rounds}`,
  )
  console.log(`${''.padEnd(44)} ${'/ CPU-s'.padStart(10)} ${'/ s wall'.padStart(10)}`)
  const plain = row('plain append with the same syncs', found.plain)
  const log = row('log: durable, hashed, signed each second', found.log)
  const full = row('ledger process: batches with all checks', found.process)
  const isHeld = full >= limitPerCore
  console.log(
    `limit ${limitPerCore.toLocaleString('en')} durable entries a second and core: ${isHeld ? 'held' : 'OVER'}`,
  )
  if (!isHeld) process.exitCode = 1
  console.log(`log : plain = 1 : ${(plain / log).toFixed(1)}; process : log = 1 : ${(log / full).toFixed(1)}`)
} finally {
  rmSync(root, { recursive: true, force: true })
}
