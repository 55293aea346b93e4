import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isJsonObject } from '@sevenfold/event'
import { loadOrCreateKeys, localAgent, registerAgent, startPart } from '@sevenfold/layer'
import type { Logger, PartContext } from '@sevenfold/layer'
import { tailLedger, verifyLedger } from '@sevenfold/ledger'

/** What a run is made of. */
export interface KillRunOptions {
  /** Empty folder; its path must be short enough for sockets. */
  readonly dataDir: string
  /** How often ledger and collector are killed, in turn. */
  readonly kills: number
  /** Makes the moments; the same seed gives the same ones, as far as a machine repeats itself. */
  readonly seed: number
  /** Events a second that one writer emits meanwhile. */
  readonly rate: number
  readonly onProgress?: (kills: number, events: number) => void
}

/** What a run found. */
export interface KillRunResult {
  readonly kills: { readonly ledger: number; readonly collector: number }
  /** Events that the writer emitted, each in one of the two lanes. */
  readonly events: number
  /** Of those, in the ledger not at all, and more than once. */
  readonly lost: number
  readonly doubled: number
  /** The same for the collector's index, against the ledger. */
  readonly indexLost: number
  readonly indexDoubled: number
  /** The ledger's own verification. */
  readonly verified: boolean
}

type Killed = 'ledger' | 'collector'

const roots: Readonly<Record<Killed, string>> = {
  ledger: fileURLToPath(new URL('../dist/main.js', import.meta.url)),
  collector: fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url)),
}

/** True when both processes are built. */
export const canKill: boolean = existsSync(roots.ledger) && existsSync(roots.collector)

const configs: Readonly<Record<Killed, object>> = {
  ledger: {
    v: 1,
    spoolBytes: 16_777_216,
    origin: 'example.org/ledger',
    segmentSizeBytes: 262_144,
    checkpointIntervalMs: 200,
    segmentsBytes: 1_000_000_000,
    // At once, so that kills hit it as well.
    gzipAfterMs: 500,
  },
  collector: {
    v: 1,
    spoolBytes: 16_777_216,
    retentionMs: 86_400_000,
    memoryBytes: 134_217_728,
    indexBytes: 1_000_000_000,
  },
}

/** Small, fast, seeded (mulberry32): a run must be repeatable, and nothing here is secret. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

function prepare(dataDir: string): void {
  for (const part of ['ledger', 'collector', 'edge'] as const) {
    mkdirSync(join(dataDir, part), { recursive: true, mode: 0o700 })
    const keys = loadOrCreateKeys(join(dataDir, part, 'keys'))
    registerAgent(join(dataDir, 'ledger', 'agents.json'), localAgent(part, keys.publicKey))
    if (part !== 'edge') writeFileSync(join(dataDir, part, 'config.json'), JSON.stringify(configs[part]))
  }
}

/** Starts a process and resolves when it says that it is ready; undefined when it ended before. */
function startProcess(part: Killed, dataDir: string): { child: ChildProcess; ready: Promise<boolean> } {
  const child = fork(roots[part], {
    env: { ...process.env, SEVENFOLD_DATA: dataDir, SEVENFOLD_STOP_WITH_PARENT: '1' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
  })
  const ready = new Promise<boolean>((resolve) => {
    child.once('message', () => resolve(true))
    child.once('exit', () => resolve(false))
  })
  return { child, ready }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

/** Emits events of both lanes, evenly, until stopped; returns how many. */
function startLoad(edge: PartContext<object>, rate: number): { count: () => number; stop: () => void } {
  let count = 0
  const perTick = Math.max(1, Math.round(rate / 50))
  const timer = setInterval(() => {
    for (let i = 0; i < perTick; i += 1) {
      count += 1
      edge.emit(
        edge.events.access({
          requestId: `kill-${count}`,
          site: 'shop',
          // Many sources: repeats of one would be folded into a counted event.
          clientAddress: `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`,
          method: 'GET',
          path: `/${count}`,
          httpVersion: '1.1',
          status: 200,
          firstSight: count % 7 === 0,
        }),
      )
    }
  }, 20)
  return { count: () => count, stop: () => clearInterval(timer) }
}

/** How often each of our requests is in the ledger. */
async function countInLedger(dataDir: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  for await (const { line } of tailLedger(join(dataDir, 'ledger'))) {
    const id = /"id":"(kill-\d+)"/.exec(line)?.[1]
    if (id !== undefined) seen.set(id, (seen.get(id) ?? 0) + 1)
  }
  return seen
}

function ask(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, agent: false, timeout: 10_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        try {
          resolve(JSON.parse(text))
        } catch (error) {
          reject(error instanceof Error ? error : new Error('no JSON'))
        }
      })
    })
    call.on('error', reject)
    call.end()
  })
}

function numberAt(value: unknown, ...path: readonly string[]): number {
  let current = value
  for (const key of path) current = isJsonObject(current) ? current[key] : undefined
  return typeof current === 'number' ? current : -1
}

/** Waits until the collector has indexed the whole ledger, at most 60 s. */
async function waitForIndex(socketPath: string): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const status = await ask(socketPath, '/v1/status').catch(() => undefined)
    const [entries, indexed] = [numberAt(status, 'log', 'entries'), numberAt(status, 'index', 'entries')]
    if (entries > 0 && entries === indexed) return
    if (performance.now() > deadline) throw new Error(`the index stays at ${indexed} of ${entries}`)
    await wait(100)
  }
}

/** How often each of our requests is in the index. */
async function countInIndex(socketPath: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  let before = ''
  for (;;) {
    const page = await ask(socketPath, `/v1/events?query=kind:access&limit=1000${before}`)
    const events = isJsonObject(page) && Array.isArray(page['events']) ? page['events'] : []
    for (const event of events) {
      const id = /"id":"(kill-\d+)"/.exec(JSON.stringify(event))?.[1]
      if (id !== undefined) seen.set(id, (seen.get(id) ?? 0) + 1)
    }
    const next = numberAt(page, 'next')
    if (next < 0) return seen
    before = `&before=${next}`
  }
}

async function waitForSpool(edge: PartContext<object>): Promise<void> {
  const deadline = performance.now() + 60_000
  await edge.spool.flush()
  while (edge.spool.reader('ledger').backlog() > 0) {
    if (performance.now() > deadline) throw new Error('the spool does not empty')
    await wait(50)
  }
}

function compare(seen: ReadonlyMap<string, number>, events: number): { lost: number; doubled: number } {
  let lost = 0
  for (let i = 1; i <= events; i += 1) if (!seen.has(`kill-${i}`)) lost += 1
  const doubled = [...seen.values()].filter((count) => count > 1).length
  return { lost, doubled }
}

/** Kills ledger and collector under load and counts what came of every event. */
export async function runKills(options: KillRunOptions): Promise<KillRunResult> {
  const { dataDir, kills, seed, rate } = options
  const random = seededRandom(seed)
  prepare(dataDir)
  const running = { ledger: startProcess('ledger', dataDir), collector: startProcess('collector', dataDir) }
  await Promise.all([running.ledger.ready, running.collector.ready])
  const edge = await startPart<object>({
    part: 'edge',
    dataDir,
    config: {},
    slot: 'w0',
    control: false,
    receivers: [{ name: 'ledger', socketPath: join(dataDir, 'ledger', 'ingest.sock') }],
    log: silent,
  })
  const load = startLoad(edge, rate)
  const done = { ledger: 0, collector: 0 }
  for (let kill = 1; kill <= kills; kill += 1) {
    const part: Killed = random() < 0.7 ? 'ledger' : 'collector'
    // Often while it works, sometimes while it is still starting.
    if (random() < 0.8) await running[part].ready
    await wait(random() * 500)
    running[part].child.kill('SIGKILL')
    await ended(running[part].child)
    done[part] += 1
    running[part] = startProcess(part, dataDir)
    options.onProgress?.(kill, load.count())
  }
  await Promise.all([running.ledger.ready, running.collector.ready])
  load.stop()
  try {
    await waitForSpool(edge)
    const socket = join(dataDir, 'collector', 'api.sock')
    await waitForIndex(socket)
    const inLedger = compare(await countInLedger(dataDir), load.count())
    const inIndex = compare(await countInIndex(socket), load.count())
    const report = await verifyLedger(join(dataDir, 'ledger'))
    return {
      kills: done,
      events: load.count(),
      ...inLedger,
      indexLost: inIndex.lost,
      indexDoubled: inIndex.doubled,
      verified: report.ok,
    }
  } finally {
    await edge.stop()
    for (const { child } of Object.values(running)) {
      child.kill('SIGTERM')
      await ended(child)
    }
  }
}
