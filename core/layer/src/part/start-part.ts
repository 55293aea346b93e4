import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, uuidV7 } from '@sevenfold/event'
import type { CanaryResult, Expiries, HeartbeatBody, PartName } from '@sevenfold/event'
import { systemClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { LayerError } from '../error.ts'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import { loadOrCreateKeys } from '../keys/keys.ts'
import { createLogger } from '../log/logger.ts'
import type { Logger } from '../log/logger.ts'
import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { createModes } from '../mode/modes.ts'
import type { ModeBaseline } from '../mode/modes.ts'
import { openSpool } from '../spool/open-spool.ts'
import type { PartContext, ReceiverTarget } from './part-context.ts'

/** What starts a part. */
export interface StartOptions<C> {
  readonly part: PartName
  /** Names this process among those of its part, `[a-z0-9-]`, at most 32; default `main`. */
  readonly slot?: string
  /** The data folder that all parts share; this one uses `<dataDir>/<part>`. */
  readonly dataDir: string
  /** Compiled configuration. */
  readonly config: C
  /** SHA-256 of the compiled configuration; default: of its JSON text. */
  readonly configDigest?: string
  /** Configured modes; default: the layer enforces. */
  readonly modes?: ModeBaseline
  readonly receivers: readonly ReceiverTarget[]
  /** Open control.sock and probe.sock; default: only the slot `main`. */
  readonly control?: boolean
  /** Bytes on disk for this slot's spool; default 64 MiB. */
  readonly spoolBytes?: number
  readonly clock?: Clock
  readonly log?: Logger
  readonly metrics?: Metrics
}

const slotPattern = /^[a-z0-9][a-z0-9-]{0,31}$/

function digestOf(config: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(config) ?? '')
    .digest('hex')
}

/**
 * Starts what every process of every part shares: keys, spool, shippers, heartbeat, control socket and probe.
 * @throws LayerError LAYER_SLOT_INVALID, LAYER_DATA_LOCKED when another process uses this slot, LAYER_DATA_UNUSABLE,
 *   LAYER_KEYS_*, LAYER_SOCKET_*.
 */
export async function startPart<C>(options: StartOptions<C>): Promise<PartContext<C>> {
  const slot = options.slot ?? 'main'
  if (!slotPattern.test(slot))
    throw new LayerError('LAYER_SLOT_INVALID', `slot ${slot} must match ${slotPattern}`)
  const agentId = `${options.part}/${slot}`
  const clock = options.clock ?? systemClock
  const log = options.log ?? createLogger({ agent: agentId, clock })
  const metrics = options.metrics ?? createMetrics()
  const dataDir = join(options.dataDir, options.part)
  ensurePrivateFolder(dataDir)
  const keys = loadOrCreateKeys(join(dataDir, 'keys'))
  const modes = createModes({
    baseline: options.modes ?? { layer: 'enforce', sites: {} },
    path: join(dataDir, 'modes.json'),
    onInvalid: (why) => log.error('modes-file-invalid', { why }),
  })
  const spool = await openSpool({
    folder: join(dataDir, 'spool', slot),
    agentId,
    receivers: options.receivers.map(({ name }) => name),
    ...(options.spoolBytes === undefined ? {} : { budgetBytes: options.spoolBytes }),
    clock,
    log,
    metrics,
  })
  const events = createEventBuilder({
    layer: options.part,
    now: () => clock.now(),
    newId: uuidV7,
    redactor: createRedactor(keys.redactionKey),
  })
  let canary: CanaryResult | undefined
  let expiry: Expiries = {}
  let checkpoint: string | undefined
  const digest = options.configDigest ?? digestOf(options.config)
  const abort = new AbortController()
  const heartbeat = (nonce: string): HeartbeatBody => ({
    v: 1,
    agent: agentId,
    epoch: spool.epoch,
    boot: 1,
    time: new Date(clock.now()).toISOString(),
    nonce,
    mode: modes.mode(),
    sites: modes.differing(),
    lanes: spool.heads(),
    counters: metrics.counters(),
    config: digest,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    expiry,
    ...(canary === undefined ? {} : { canary }),
  })
  return {
    part: options.part,
    agentId,
    config: options.config,
    dataDir,
    rootDir: options.dataDir,
    events,
    spool,
    clock,
    log,
    metrics,
    keys,
    signal: abort.signal,
    emit: (draft) => spool.append(draft),
    mode: (site) => modes.mode(site),
    onModeChange: (run) => modes.onChange(run),
    modes: () => modes.snapshot(),
    adoptModes: (snapshot) => modes.adopt(snapshot),
    strengthen: (mode, actor, site) => {
      const change = modes.change({ mode, mayWeaken: false, ...(site === undefined ? {} : { site }) })
      spool.append(events.admin({ op: 'mode', actor, from: change.from, to: change.to }, 'success'))
    },
    handle: () => undefined,
    setCanary: (result) => void (canary = result),
    setExpiry: (next) => void (expiry = next),
    setCheckpoint: (note) => void (checkpoint = note),
    heartbeat,
    stop: async () => {
      abort.abort()
      await spool.close()
    },
  }
}
