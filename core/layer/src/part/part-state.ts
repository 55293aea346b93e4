import { request } from 'node:http'
import type { ClientRequest } from 'node:http'
import { join } from 'node:path'
import type { CanaryResult, EventBuilder, Expiries, HeartbeatBody, Mode, PartName } from '@sevenfold/event'
import { canaryState } from '../canary/canary.ts'
import type { Clock } from '../clock/clock.ts'
import type { ControlReach } from '../control/act.ts'
import { LayerError } from '../error.ts'
import { writeBoot } from '../heartbeat/boot-file.ts'
import { compareCheckpoint } from '../heartbeat/witness.ts'
import type { HostLink } from '../host/host-link.ts'
import type { PartKeys } from '../keys/keys.ts'
import type { Logger } from '../log/logger.ts'
import type { Gauge, Metrics } from '../metrics/metrics.ts'
import type { Modes } from '../mode/modes.ts'
import type { Spool } from '../spool/spool.ts'
import type { AppliedConfig, PartContext, PartHandlers, PartRequest } from './part-context.ts'

/** What a part is made of when it starts. */
export interface PartParts<C> {
  readonly part: PartName
  readonly agentId: string
  readonly rootDir: string
  readonly dataDir: string
  readonly hasControl: boolean
  readonly boot: number
  readonly bootPath: string
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly keys: PartKeys
  readonly spool: Spool
  readonly modes: Modes
  readonly events: EventBuilder
  /** The way to the backbone, where this host was enrolled. */
  readonly link: HostLink | undefined
  config: C
  digest: string
}

/** A part with what changes while it runs. */
export interface PartState<C> extends PartParts<C> {
  readonly abort: AbortController
  readonly startedMs: number
  readonly gauges: { readonly mode: Gauge; readonly canary: Gauge; readonly uptime: Gauge }
  handlers: PartHandlers<C>
  canary: CanaryResult | undefined
  expiry: Expiries
  checkpoint: string | undefined
  /** The ledger went back and said so already. */
  sawRollback: boolean
  /** Epoch that the boot file knows. */
  storedEpoch: string
  /** Wall and monotonic time of the last beat, to notice jumps. */
  lastBeat: { readonly wall: number; readonly monotonic: number } | undefined
}

/** A wall clock that moves by this much more or less than time itself has jumped, in milliseconds. */
export const clockJumpMs = 5000
/** Most counters in a heartbeat. */
export const maxHeartbeatCounters = 500

const modeValues: Readonly<Record<Mode, number>> = { off: 0, monitor: 1, enforce: 2 }

/** A part that has just started. */
export function createPartState<C>(parts: PartParts<C>): PartState<C> {
  const { metrics, clock } = parts
  return {
    ...parts,
    abort: new AbortController(),
    startedMs: clock.monotonicMs(),
    gauges: {
      mode: metrics.gauge('sevenfold_mode', 'Mode of the layer: 0 off, 1 monitor, 2 enforce'),
      canary: metrics.gauge('sevenfold_canary_ok', '1 while the last canary was stopped and is not too old'),
      uptime: metrics.gauge('sevenfold_uptime_seconds', 'Seconds since the start'),
    },
    handlers: {},
    canary: undefined,
    expiry: {},
    checkpoint: undefined,
    sawRollback: false,
    storedEpoch: '',
    lastBeat: undefined,
  }
}

function boundedCounters(counters: Record<string, number>): Record<string, number> {
  const entries = Object.entries(counters)
  return entries.length <= maxHeartbeatCounters
    ? counters
    : Object.fromEntries(entries.slice(0, maxHeartbeatCounters))
}

/** What ends first, the certificate of this host among it. */
function expiryOf<C>(state: PartState<C>): Expiries {
  if (state.link === undefined) return state.expiry
  const own = new Date(state.link.certificate.notAfterMs).toISOString()
  const { certificates } = state.expiry
  // Both are ISO times of the same form: their order as text is that in time.
  return {
    ...state.expiry,
    certificates: certificates !== undefined && certificates < own ? certificates : own,
  }
}

/** The heartbeat of this moment. */
export function heartbeatOf<C>(state: PartState<C>, nonce: string): HeartbeatBody {
  const sites = state.modes.differing()
  return {
    v: 1,
    agent: state.agentId,
    epoch: state.spool.epoch,
    boot: state.boot,
    time: new Date(state.clock.now()).toISOString(),
    nonce,
    mode: state.modes.mode(),
    ...(Object.keys(sites).length === 0 ? {} : { sites }),
    lanes: state.spool.heads(),
    counters: boundedCounters(state.metrics.counters()),
    config: state.digest,
    ...(state.checkpoint === undefined ? {} : { checkpoint: state.checkpoint }),
    expiry: expiryOf(state),
    ...(state.canary === undefined ? {} : { canary: state.canary }),
  }
}

function noticeClockJump<C>(state: PartState<C>): void {
  const beat = { wall: state.clock.now(), monotonic: state.clock.monotonicMs() }
  const last = state.lastBeat
  state.lastBeat = beat
  if (last === undefined) return
  const jumpMs = Math.round(beat.wall - last.wall - (beat.monotonic - last.monotonic))
  if (Math.abs(jumpMs) < clockJumpMs) return
  state.log.warn('clock-jump', { jumpMs })
  state.spool.append(state.events.notice('clock-jump', `the wall clock jumped by ${jumpMs} ms`, 40))
}

/** Remembers the epoch outside of the spool's folder, so that a wiped spool is known as one. */
function storeEpoch<C>(state: PartState<C>): void {
  const { epoch } = state.spool
  if (epoch === state.storedEpoch) return
  try {
    writeBoot(state.bootPath, { boot: state.boot, epoch })
    state.storedEpoch = epoch
  } catch (error) {
    state.log.warn('epoch-not-stored', { error })
  }
}

/** What happens at every beat, whether a receiver listens or not. */
export function onBeat<C>(state: PartState<C>): void {
  noticeClockJump(state)
  storeEpoch(state)
  state.gauges.mode.set(modeValues[state.modes.mode()])
  state.gauges.canary.set(canaryState(state.canary, state.clock.now()) === 'ok' ? 1 : 0)
  state.gauges.uptime.set((state.clock.monotonicMs() - state.startedMs) / 1000)
  state.spool.append(state.events.heartbeat(heartbeatOf(state, '')))
}

function adopt<C>(state: PartState<C>, applied: AppliedConfig<C>): string {
  state.config = applied.config
  state.digest = applied.digest
  if (applied.modes !== undefined) state.modes.rebase(applied.modes)
  return applied.digest
}

async function reload<C>(state: PartState<C>): Promise<string> {
  if (state.handlers.reload === undefined)
    throw new LayerError('LAYER_CONFIG_INVALID', 'this part takes a new configuration only at its start')
  return adopt(state, await state.handlers.reload())
}

function statusOf<C>(state: PartState<C>): Readonly<Record<string, unknown>> {
  return {
    part: state.part,
    uptimeSeconds: Math.round((state.clock.monotonicMs() - state.startedMs) / 1000),
    canaryState: canaryState(state.canary, state.clock.now()),
    siteModes: state.modes.snapshot().sites,
    spoolBytes: state.spool.bytes(),
    heartbeat: heartbeatOf(state, ''),
  }
}

/** What the control socket can reach of a part. */
export function reachOf<C>(state: PartState<C>): ControlReach {
  return {
    modes: state.modes,
    events: state.events,
    log: state.log,
    emit: (draft) => state.spool.append(draft),
    status: () => statusOf(state),
    selfTest: () =>
      state.handlers.selfTest?.() ?? Promise.resolve({ ok: false, details: { why: 'no self-test' } }),
    reload: () => reload(state),
    drain: () => state.handlers.drain?.() ?? Promise.resolve(),
  }
}

function strengthen<C>(
  state: PartState<C>,
  wish: { mode: Mode; actor: string; site: string | undefined },
): void {
  const { mode, actor, site } = wish
  const change = state.modes.change({ mode, mayWeaken: false, ...(site === undefined ? {} : { site }) })
  const draft = state.events.admin({ op: 'mode', actor, from: change.from, to: change.to }, 'success')
  state.spool.append(site === undefined ? draft : { ...draft, sevenfold: { ...draft.sevenfold, site } })
}

/** The face of a part. */
export function contextOf<C>(state: PartState<C>, stop: () => Promise<void>): PartContext<C> {
  const { part, agentId, dataDir, rootDir, events, spool, clock, log, metrics, keys, modes } = state
  return {
    part,
    agentId,
    get config() {
      return state.config
    },
    dataDir,
    rootDir,
    events,
    spool,
    clock,
    log,
    metrics,
    keys,
    signal: state.abort.signal,
    emit: (draft) => spool.append(draft),
    mode: (site) => modes.mode(site),
    onModeChange: (run) => modes.onChange(run),
    modes: () => modes.snapshot(),
    adoptModes: (snapshot) => modes.adopt(snapshot),
    adoptConfig: (applied) => void adopt(state, applied),
    strengthen: (mode, actor, site) => strengthen(state, { mode, actor, site }),
    request: (part, options) => requestTo(state, part, options),
    handle: (handlers) => void (state.handlers = handlers),
    setCanary: (result) => void (state.canary = result),
    setExpiry: (expiry) => void (state.expiry = expiry),
    setCheckpoint: (note) => bearWitness(state, note),
    heartbeat: (nonce) => heartbeatOf(state, nonce),
    stop,
  }
}

function requestTo<C>(state: PartState<C>, part: PartName, options: PartRequest): ClientRequest {
  const { path, socket, headers = {} } = options
  const { link, rootDir } = state
  if (link?.urlOf(part) !== undefined) return link.request(part, { path, headers: { ...headers } })
  return request({ socketPath: join(rootDir, part, socket), path, headers: { ...headers } })
}

/** Remembers the newest checkpoint; one that is older than what was seen is reported, once, and changes nothing. */
export function bearWitness<C>(state: PartState<C>, note: string): void {
  const testimony = compareCheckpoint(state.checkpoint, note)
  if (testimony === 'unreadable') return
  if (testimony === 'newer') {
    state.checkpoint = note
    state.sawRollback = false
    return
  }
  if (state.sawRollback) return
  state.sawRollback = true
  state.log.error('ledger-rollback-seen', { known: state.checkpoint ?? '', seen: note })
  state.spool.append(
    state.events.notice('ledger-rollback-seen', 'the ledger shows an older checkpoint than before', 95),
  )
}
