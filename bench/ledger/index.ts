// How fast the collector indexes, how long questions take, and what it needs, on a log made for the purpose.
// npx tsc -b && npx tsx --conditions=@sevenfold/source bench/ledger/index.ts [--events 200000] [--memory 128] [--keep DIR]
// --keep leaves log and index in DIR, and asks again without making them where they are there.
import { generateKeyPairSync, sign } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
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
import { openLedgerLog } from '@sevenfold/ledger'
import { cpuMicros, rssMegabytes } from '../parts/process-usage.ts'
import { askPart, pause, startPartProcess } from '../parts/part-process.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    memory: { type: 'string', default: '128' },
    keep: { type: 'string' },
  },
})
const dataDir = values.keep ?? mkdtempSync(join(tmpdir(), 'sf-index-'))
/** What a log was made of; beside a log that was kept. */
const notesPath = join(dataDir, 'bench.json')
interface Notes {
  readonly events: number
  /** Time of the newest event, ms since 1970. */
  readonly end: number
  /** Some request ids. */
  readonly ids: readonly string[]
}
const hourMs = 3_600_000
/** Stands in one event. */
const rareWord = 'quarzkristall'

/** Seven days of requests up to now, one in fifty refused by a rule. */
async function writeLog(events: number): Promise<Notes> {
  const end = Date.now()
  const ids: string[] = []
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const log = await openLedgerLog({
    folder: join(dataDir, 'ledger'),
    origin: 'bench/ledger',
    signer: {
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
      sign: (text) => sign(null, text, privateKey).toString('base64'),
    },
    segmentBytes: 16_777_216,
    retainBytes: 1e12,
  })
  let now = 0
  const redactor = createRedactor(new Uint8Array(32))
  const builder = createEventBuilder({ layer: 'edge', now: () => now, newId: uuidV7, redactor })
  for (let first = 1; first <= events; first += 1000) {
    let text = ''
    for (let i = first; i < first + 1000; i += 1) {
      now = end - 7 * 24 * hourMs * (1 - i / events)
      const facts = {
        requestId: uuidV7(),
        site: 'shop',
        clientAddress: `10.${i % 7}.${(i * 31) % 251}.${(i * 17) % 241}`,
        method: i % 9 === 0 ? 'POST' : 'GET',
        path: i === Math.floor(events / 3) ? `/products/${rareWord}` : `/products/${(i * 7919) % 977}`,
        query: `page=${i % 13}`,
        host: 'shop.example.org',
        httpVersion: '1.1',
        userAgent: `Mozilla/5.0 (X11; Linux x86_64; rv:${100 + (i % 40)}.0) Gecko/20100101`,
        status: i % 50 === 0 ? 403 : 200,
        durationMs: 3,
      }
      if (i % 10_007 === 0) ids.push(facts.requestId)
      const rule = { id: String(942_100 + (i % 20)), name: 'a rule' }
      const judgement = { step: 'waf', verdict: 'block' as const, score: 5 }
      const draft = i % 50 === 0 ? builder.block({ ...facts, rule, judgement }) : builder.access(facts)
      const low = { ...draft, sevenfold: { ...draft.sevenfold, lane: 'low' as const } }
      text += `${encodeLine(sealDraft(low, { id: 'edge/w0', ephemeral_id: 'e' }, i))}\n`
    }
    await log.append({
      agent: 'edge/w0',
      epoch: 'e',
      lane: 'low',
      first,
      lines: 1000,
      hash: '',
      body: Buffer.from(text),
    })
  }
  // As it is stored once it has settled: one closed segment after the other.
  await log.checkpoint()
  while ((await log.packNext(Number.POSITIVE_INFINITY)) !== undefined);
  await log.close()
  return { events, end, ids }
}

const ask = (path: string): Promise<unknown> => askPart(dataDir, 'collector', path)

async function indexed(): Promise<number> {
  const status = await ask('/v1/status')
  const index = isJsonObject(status) ? status['index'] : undefined
  return isJsonObject(index) ? Number(index['entries']) : 0
}

/** Waits for the index; says every ten seconds how far it is (stderr). */
async function allIndexed(events: number): Promise<void> {
  let said = performance.now()
  for (;;) {
    const count = await indexed()
    if (count >= events) return
    if (performance.now() - said >= 10_000) {
      said = performance.now()
      process.stderr.write(`${count.toLocaleString('en')} of ${events.toLocaleString('en')} events indexed\n`)
    }
    await pause(50)
  }
}

async function median(path: string): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 7; i += 1) {
    const start = performance.now()
    await ask(path)
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)[3] ?? 0
}

/** Most memory that a process held, MiB (proc(5)). */
function peakMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/** Bytes of a folder or a file on disk, with everything in it. */
function bytesOf(path: string): number {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status?.isDirectory() !== true) return status?.size ?? 0
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}

mkdirSync(join(dataDir, 'collector'), { recursive: true, mode: 0o700 })
const isKept = existsSync(notesPath)
const notes: Notes = isKept
  ? (JSON.parse(readFileSync(notesPath, 'utf8')) as Notes)
  : await writeLog(Number(values.events))
writeFileSync(notesPath, JSON.stringify(notes))
const { events, end, ids } = notes
const iso = (ms: number): string => new Date(ms).toISOString()
const since = (ms: number): string => `from=${iso(end - ms)}&to=${iso(end)}`
const config = {
  v: 1,
  spoolBytes: 1e8,
  retentionMs: 30 * 24 * hourMs,
  memoryBytes: Number(values.memory) * 1_048_576,
  indexBytes: 1e12,
}
const start = performance.now()
const collector = await startPartProcess('collector', { dataDir, config })
try {
  await allIndexed(events)
  const wallMs = performance.now() - start
  const cpuSeconds = cpuMicros(collector.pid) / 1e6
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}; ${events} events, database memory ${values.memory} MiB`,
  )
  if (isKept) console.log(`log and index as they were in ${dataDir}`)
  else
    console.log(
      `indexed: ${Math.round(events / cpuSeconds)} events / CPU-s, ${Math.round(events / (wallMs / 1000))} / s wall`,
    )
  const questions = [
    ['last hour by rule', 50, `/v1/top?field=rule.id&${since(hourMs)}`],
    ['top sources of 24 h', 300, `/v1/top?field=source.ip&${since(24 * hourMs)}`],
    ['histogram of 7 days', 200, `/v1/histogram?${since(7 * 24 * hourMs)}&buckets=168`],
    ['newest 50 blocks', 300, '/v1/events?query=kind:block&limit=50'],
    ['rare word', 300, `/v1/events?query=${rareWord}`],
    ['word that is nowhere', 300, '/v1/events?query=nowhere-to-be-found'],
    ['by request id', 20, `/v1/requests/${ids.at(0) ?? ''}`],
  ] as const
  for (const [name, limitMs, path] of questions) {
    const ms = await median(path)
    const isIn = ms <= limitMs
    if (!isIn) process.exitCode = 1
    console.log(
      `${name.padEnd(22)} ${ms.toFixed(1).padStart(8)} ms (median of 7); limit ${limitMs} ms at 5,000,000 events: ${isIn ? 'held' : 'OVER'}`,
    )
  }
  console.log(
    `memory ${rssMegabytes(collector.pid).toFixed(0)} MiB, at most ${peakMiB(collector.pid).toFixed(0)} MiB`,
  )
  const parts = {
    'gzip segments': bytesOf(join(dataDir, 'ledger', 'segments')),
    index: bytesOf(join(dataDir, 'collector', 'index.duckdb')),
    ids: bytesOf(join(dataDir, 'collector', 'ids')),
    words: bytesOf(join(dataDir, 'collector', 'words')),
    tree: bytesOf(join(dataDir, 'ledger', 'tile')),
  }
  const names = Object.entries(parts).map(([name, bytes]) => `${name} ${(bytes / 1_048_576).toFixed(0)} MiB`)
  const perMillion = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) / events / 1_000
  console.log(
    `disk: ${names.join(', ')}; ${perMillion.toFixed(2)} GB a million events; limit 0.5 GB: ${perMillion <= 0.5 ? 'held' : 'OVER'}`,
  )
  if (perMillion > 0.5) process.exitCode = 1
} finally {
  await collector.stop()
  if (values.keep === undefined) rmSync(dataDir, { recursive: true, force: true })
}
