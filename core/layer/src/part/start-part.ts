import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, uuidV7 } from '@sevenfold/event'
import type { PartName } from '@sevenfold/event'
import { systemClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { startControlServer } from '../control/control-server.ts'
import { actOn } from '../control/act.ts'
import { LayerError } from '../error.ts'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import { readBoot, writeBoot } from '../heartbeat/boot-file.ts'
import { startHeartbeatSender } from '../heartbeat/heartbeat-sender.ts'
import { ControlChannel } from '../host/control-channel.ts'
import { HostLink } from '../host/host-link.ts'
import { keepEnrolled } from '../host/keep-enrolled.ts'
import { loadOrCreateKeys } from '../keys/keys.ts'
import { createLogger } from '../log/logger.ts'
import type { Logger } from '../log/logger.ts'
import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { createModes } from '../mode/modes.ts'
import type { ModeBaseline } from '../mode/modes.ts'
import { createPeerProbe } from '../probe/peer-probe.ts'
import { startProbe } from '../probe/probe-server.ts'
import { startShipper } from '../ship/shipper.ts'
import { openSpool } from '../spool/open-spool.ts'
import type { PartContext, ReceiverTarget } from './part-context.ts'
import { bearWitness, createPartState, contextOf, heartbeatOf, onBeat, reachOf } from './part-state.ts'
import type { PartState } from './part-state.ts'

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
  /** Open control.sock and probe.sock and store modes; default: only the slot `main`. */
  readonly control?: boolean
  /** Bytes on disk for this slot's spool; default 64 MiB. */
  readonly spoolBytes?: number
  readonly clock?: Clock
  readonly log?: Logger
  readonly metrics?: Metrics
}

/** What can be closed, in the order in which it was opened. */
export type Closers = (() => Promise<void> | void)[]

/** Time that a stopping part gives its receivers to take what is on disk, in milliseconds. */
export const drainMs = 1000

const slotPattern = /^[a-z0-9][a-z0-9-]{0,31}$/

function configDigest(options: StartOptions<unknown>): string {
  return (
    options.configDigest ??
    createHash('sha256')
      .update(JSON.stringify(options.config) ?? '')
      .digest('hex')
  )
}

function slotOf(options: StartOptions<unknown>): string {
  const slot = options.slot ?? 'main'
  if (slotPattern.test(slot)) return slot
  throw new LayerError('LAYER_SLOT_INVALID', `slot ${slot} must match ${slotPattern.source}`)
}

interface Ground {
  readonly slot: string
  /** The slot, with the host before it where this one was enrolled. */
  readonly name: string
  readonly agentId: string
  readonly link: HostLink | undefined
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly dataDir: string
}

function groundOf(options: StartOptions<unknown>): Ground {
  const slot = slotOf(options)
  const clock = options.clock ?? systemClock
  const dataDir = join(options.dataDir, options.part)
  ensurePrivateFolder(dataDir)
  const log = options.log ?? createLogger({ agent: `${options.part}/${slot}`, clock })
  const link = HostLink.open({
    partDir: dataDir,
    agentId: (host) => `${options.part}/${host}.${slot}`,
    slot,
    clock,
    log,
  })
  const agentId = link?.agentId ?? `${options.part}/${slot}`
  const name = agentId.slice(options.part.length + 1)
  return { slot, name, agentId, link, clock, dataDir, log, metrics: options.metrics ?? createMetrics() }
}

/** Counts this start. A full disk must not stop a layer: the count then goes on in memory. */
function countBoot(path: string, log: Logger): { boot: number; epoch?: string } {
  const last = readBoot(path)
  const next = { ...last, boot: last.boot + 1 }
  try {
    writeBoot(path, next)
  } catch (error) {
    log.error('boot-not-counted', { error })
  }
  return next
}

async function openState<C>(options: StartOptions<C>, closers: Closers): Promise<PartState<C>> {
  const ground = groundOf(options)
  const { slot, name, agentId, clock, log, metrics, dataDir, link } = ground
  const hasControl = options.control ?? slot === 'main'
  const bootPath = join(dataDir, 'boot', `${name}.json`)
  const boot = countBoot(bootPath, log)
  const keys = loadOrCreateKeys(join(dataDir, 'keys'))
  const spool = await openSpool({
    folder: join(dataDir, 'spool', name),
    ...(link === undefined ? {} : { host: link.certificate.identity.host }),
    agentId,
    receivers: options.receivers.map(({ name }) => name),
    ...(options.spoolBytes === undefined ? {} : { budgetBytes: options.spoolBytes }),
    ...(boot.epoch === undefined ? {} : { previousEpoch: boot.epoch }),
    clock,
    log,
    metrics,
  })
  closers.push(() => spool.close())
  const modes = createModes({
    baseline: options.modes ?? { layer: 'enforce', sites: {} },
    ...(hasControl ? { path: join(dataDir, 'modes.json') } : {}),
    onInvalid: (why) => log.error('modes-file-invalid', { why }),
  })
  const redactor = createRedactor(keys.redactionKey)
  const events = createEventBuilder({ layer: options.part, now: () => clock.now(), newId: uuidV7, redactor })
  const rootDir = options.dataDir
  const setting = {
    part: options.part,
    rootDir,
    config: options.config,
    digest: configDigest(options),
    hasControl,
  }
  return createPartState({ ...ground, ...setting, boot: boot.boot, bootPath, keys, spool, modes, events })
}

async function openSockets<C>(state: PartState<C>, closers: Closers): Promise<void> {
  if (!state.hasControl) return
  const { dataDir, log, keys, metrics } = state
  const reach = reachOf(state)
  const control = await startControlServer({
    socketPath: join(dataDir, 'control.sock'),
    act: (request) => actOn(reach, request),
    log,
  })
  closers.push(() => control.close())
  const probe = await startProbe({
    socketPath: join(dataDir, 'probe.sock'),
    heartbeat: (nonce) => heartbeatOf(state, nonce),
    keys,
    metrics,
  })
  closers.push(() => probe.close())
}

function startSending<C>(state: PartState<C>, receivers: readonly ReceiverTarget[], closers: Closers): void {
  const { spool, keys, clock, log, metrics, link, dataDir } = state
  // What the backbone receives from this host goes over mTLS once it was enrolled, whoever started the part.
  const reached = receivers.map((receiver) =>
    link?.urlOf(receiver.name) === undefined
      ? receiver
      : { name: receiver.name, client: link.client(receiver.name) },
  )
  for (const target of reached) {
    const shipper = startShipper({ spool, receiver: target.name, target, keys, clock, log, metrics })
    closers.push(() => shipper.stop(drainMs))
  }
  if (link !== undefined && state.hasControl) {
    const renewing = keepEnrolled({ partDir: dataDir, link, clock, log })
    closers.push(() => renewing.stop())
    const reach = reachOf(state)
    const orders = new ControlChannel({ link, act: (request) => actOn(reach, request), clock, log })
    closers.push(() => orders.stop())
  }
  const { part, rootDir } = state
  const peers = state.hasControl ? createPeerProbe({ part, rootDir, metrics }) : undefined
  const sender = startHeartbeatSender({
    receivers: reached,
    build: (nonce) => heartbeatOf(state, nonce),
    onBeat: () => {
      onBeat(state)
      void peers?.ask() // never rejects
    },
    onCheckpoint: (note) => bearWitness(state, note),
    keys,
    clock,
    log,
    metrics,
  })
  closers.push(() => sender.stop())
}

/** Closes in reverse, the shippers side by side; the spool, opened first, is flushed before they drain and closed last. */
async function closeAll<C>(state: PartState<C> | undefined, closers: Closers): Promise<void> {
  await state?.spool.flush()
  const [spool, ...others] = closers.splice(0)
  await Promise.all(others.map(async (close) => close()))
  await spool?.()
}

/**
 * Starts what every process of every part shares: keys, spool, shippers, heartbeat, control socket and probe.
 * @throws LayerError LAYER_SLOT_INVALID, LAYER_DATA_LOCKED when another process uses this slot, LAYER_DATA_UNUSABLE,
 *   LAYER_KEYS_*, LAYER_SOCKET_*.
 */
export async function startPart<C>(options: StartOptions<C>): Promise<PartContext<C>> {
  const closers: Closers = []
  let state: PartState<C> | undefined
  try {
    state = await openState(options, closers)
    await openSockets(state, closers)
    startSending(state, options.receivers, closers)
  } catch (error) {
    await closeAll(state, closers)
    throw error
  }
  const opened = state
  let stopping: Promise<void> | undefined
  return contextOf(opened, () => {
    opened.abort.abort()
    stopping ??= closeAll(opened, closers)
    return stopping
  })
}
