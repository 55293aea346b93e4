import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { join } from 'node:path'
import type { LedgerConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'
import {
  LayerError,
  createReceiver,
  defineLayer,
  listenOnSocket,
  loadOrCreateKeys,
  openRegistry,
  registryOf,
} from '@sevenfold/layer'
import type {
  Layer,
  PartContext,
  Receiver,
  ReceivedBatch,
  Registry,
  RunningLayer,
  Timer,
} from '@sevenfold/layer'
import { LedgerError } from './ledger-error.ts'
import type { LedgerBatch } from './log/ledger-batch.ts'
import { logFolder } from './log/log-folder.ts'
import { openLedgerLog } from './log/ledger-log.ts'
import type { LedgerLog } from './log/ledger-log.ts'
import { SegmentGuard } from './log/segment-guard.ts'
import { openHosts } from './hosts/start-hosts.ts'
import { startCopies } from './copies/start-copies.ts'
import { settleKeyChange, startKeyChanges } from './keys/change-key.ts'
import { mirrorBytes } from './mirrors/list-mirrors.ts'
import { PersonalKeys, personalFolder } from './personal/personal-keys.ts'
import { sealLine } from './personal/seal-line.ts'
import { startForgetting } from './personal/start-forgetting.ts'
import { startCosigning } from './witness/start-cosigning.ts'
import { startWitnessing } from './witness/start-witnessing.ts'

type Context = PartContext<LedgerConfig>

function parseConfig(value: unknown): LedgerConfig {
  const config = isJsonObject(value) ? value : {}
  const numbers = ['segmentSizeBytes', 'checkpointIntervalMs', 'segmentsBytes']
  if (
    config['v'] !== 1 ||
    typeof config['origin'] !== 'string' ||
    numbers.some((key) => typeof config[key] !== 'number')
  )
    throw new Error('not a compiled ledger configuration')
  // Written by our own compiler, perhaps by the version before this one, which knew no witnesses and no copies.
  const absent = {
    witnesses: [],
    witnessIntervalMs: 10_000,
    syslogCopies: [],
    s3Copies: [],
    personal: { seal: false },
    gzipAfterMs: 600_000,
  }
  return { ...absent, ...config } as unknown as LedgerConfig
}

/** The batch as the log takes it: the lines' exact bytes again, or sealed. */
function toLedgerBatch(
  batch: ReceivedBatch,
  seal: ((line: string) => string) | undefined,
): LedgerBatch | undefined {
  const [first] = batch.events
  if (first === undefined) return undefined
  const { agent, epoch, lane, events, position } = batch
  let text = ''
  for (const { line } of events) text += `${seal === undefined ? line : seal(line)}\n`
  return {
    agent,
    epoch,
    lane,
    first: first.sequence,
    lines: events.length,
    hash: position.hash,
    body: Buffer.from(text),
  }
}

async function openLog(context: Context): Promise<LedgerLog> {
  const { config, dataDir, log } = context
  try {
    settleKeyChange(dataDir, config.origin)
    const opened = await openLedgerLog({
      folder: dataDir,
      origin: config.origin,
      // A key of its own: what signs heartbeats must not be able to sign checkpoints.
      signer: loadOrCreateKeys(join(dataDir, 'log-key')),
      segmentBytes: config.segmentSizeBytes,
      retainBytes: config.segmentsBytes,
    })
    log.info('log-opened', { entries: opened.size, ...opened.recovered })
    return opened
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    throw new LayerError('LAYER_DATA_UNUSABLE', `${error.code}: ${error.message}`, {
      hint: error.hint,
      cause: error,
    })
  }
}

function openLocal({ dataDir, log }: Context): Registry {
  return openRegistry({
    path: join(dataDir, 'agents.json'),
    onInvalid: (error) => log.error('registry-invalid', { error }),
  })
}

function openReceiver(
  context: Context,
  { ledger, registry, keys }: { ledger: LedgerLog; registry: Registry; keys: PersonalKeys },
): Receiver {
  const { dataDir, clock, log, metrics, events, config } = context
  const seal = config.personal.seal ? (line: string): string => sealLine(line, keys, clock.now()) : undefined
  return createReceiver({
    registry,
    folder: join(dataDir, 'receiver'),
    clock,
    log,
    metrics,
    recovered: ledger.positions(),
    checkpoint: () => ledger.signedNote,
    onBatch: async (batch) => {
      const taken = toLedgerBatch(batch, seal)
      if (taken !== undefined) await ledger.append(taken)
    },
    // Somebody lies, or evidence is missing: that belongs into the evidence.
    onIncident: ({ kind, message, agent }) => {
      const draft = events.notice(`receive-${kind}`, message, kind === 'cloned' ? 90 : 70)
      // Whose it is, so that it joins the incident of that part; a stranger has no name that counts.
      const [part = ''] = agent.split('/')
      context.emit(part === '' ? draft : { ...draft, labels: { part } })
    },
  })
}

/** Signs, drops what is over the budget and packs what has settled, every `checkpointIntervalMs`. */
function startCheckpoints(
  context: Context,
  ledger: LedgerLog,
  copiesBytes: () => number,
): { stop(): Promise<void> } {
  const { config, clock, log, metrics, events } = context
  const entries = metrics.gauge('sevenfold_ledger_entries', 'Entries in the log')
  const failures = metrics.counter(
    'sevenfold_ledger_checkpoint_failures_total',
    'Checkpoints that could not be made',
  )
  const guard = new SegmentGuard(logFolder(context.dataDir).segments)
  const ending = new AbortController()
  const pack = startPacking(context, ledger, ending.signal)
  let timer: Timer | undefined
  let running = Promise.resolve()
  const run = async (): Promise<void> => {
    try {
      const lost = guard.look()
      if (lost.length > 0) {
        const draft = events.notice('ledger-segments-lost', describeLoss(lost), 90)
        context.emit({ ...draft, labels: { part: 'ledger' } })
      }
      await ledger.checkpoint()
      // Into every heartbeat of ours, and so into whatever else receives them.
      if (ledger.signedNote !== '') context.setCheckpoint(ledger.signedNote)
      const dropped = ledger.enforceRetention(copiesBytes())
      if (dropped !== undefined) {
        guard.retained(dropped.oldest)
        context.emit(events.notice('ledger-retention', describe(dropped)))
      }
    } catch (error) {
      failures.inc()
      log.error('checkpoint-failed', { error })
    }
    entries.set(ledger.size)
    const packed = await pack()
    if (packed !== undefined) guard.packed(packed)
    if (!ending.signal.aborted) timer = clock.after(config.checkpointIntervalMs, begin)
  }
  const begin = (): void => {
    running = run()
  }
  begin()
  return {
    stop: async () => {
      ending.abort()
      timer?.cancel()
      await running
    },
  }
}

// After a failure (a full disk) packing rests: it is not what keeps the log alive.
const packRestMs = 60_000

/** Packs one segment a call; gives the number of its first entry. */
function startPacking(
  { config, clock, log, metrics }: Context,
  ledger: LedgerLog,
  signal: AbortSignal,
): () => Promise<number | undefined> {
  const saved = metrics.counter(
    'sevenfold_ledger_packed_bytes_saved_total',
    'Bytes that packing segments freed',
  )
  let notBeforeMs = 0
  return async () => {
    if (signal.aborted || clock.monotonicMs() < notBeforeMs) return undefined
    try {
      const packed = await ledger.packNext(clock.now() - config.gzipAfterMs, signal)
      if (packed === undefined) return undefined
      saved.inc(packed.plainBytes - packed.packedBytes)
      return packed.first
    } catch (error) {
      log.error('pack-failed', { error })
      notBeforeMs = clock.monotonicMs() + packRestMs
      return undefined
    }
  }
}

function describeLoss(lost: readonly number[]): string {
  const named = lost.slice(0, 5).join(', ')
  return `${lost.length} segments are gone or shorter, without retention: those that begin with entry ${named}`
}

function describe(dropped: { segments: number; bytes: number; oldest: number }): string {
  return `${dropped.segments} segments (${dropped.bytes} bytes) were over the budget and dropped; the oldest entry is ${dropped.oldest}`
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Batches under way get their answer; what hangs longer is resumed by its sender.
    setTimeout(() => server.closeAllConnections(), 1_000).unref()
  })
}

async function start(context: Context): Promise<RunningLayer<LedgerConfig>> {
  const ledger = await openLog(context)
  const local = openLocal(context)
  const hosts = await openHosts(context, local)
  const registry = hosts === undefined ? local : registryOf(local, hosts.roster)
  const keys = new PersonalKeys(personalFolder(context.dataDir))
  const receiver = openReceiver(context, { ledger, registry, keys })
  const forgetting = startForgetting(context, keys)
  const keyChanges = startKeyChanges(context, ledger)
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 30_000 }, receiver.handle)
  await listenOnSocket(server, join(context.dataDir, 'ingest.sock'))
  const listening = await hosts?.listen(receiver)
  const checkpoints = startCheckpoints(context, ledger, () => mirrorBytes(context.dataDir))
  const cosigning = startCosigning(context, ledger)
  const witnessing = await startWitnessing(context)
  const copies = startCopies(context, ledger)
  return {
    selfTest: async () => {
      await ledger.checkpoint()
      return { ok: ledger.signed !== undefined, details: { entries: ledger.size } }
    },
    stop: async () => {
      await checkpoints.stop()
      forgetting.stop()
      keyChanges.stop()
      cosigning.stop()
      await Promise.all([close(server), witnessing.stop(), copies.stop(), listening?.stop()])
      await receiver.close()
      await ledger.close()
    },
    ...(listening === undefined ? {} : { listening: [{ name: 'hosts', url: listening.url }] }),
  }
}

/** The ledger as a part of the house: append, sync, acknowledge, sign. When it is down, events wait in the spools. */
export const ledgerLayer: Layer<LedgerConfig> = defineLayer({
  name: 'ledger',
  parseConfig,
  spoolBytes: (config) => config.spoolBytes,
  start,
})
