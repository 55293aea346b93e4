import type { ClientRequest } from 'node:http'
import type {
  CanaryResult,
  EventBuilder,
  EventDraft,
  Expiries,
  HeartbeatBody,
  Mode,
  PartName,
} from '@sevenfold/event'
import type { Clock } from '../clock/clock.ts'
import type { PartKeys } from '../keys/keys.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { ModeBaseline } from '../mode/modes.ts'
import type { Spool } from '../spool/spool.ts'

/** A receiver of this part's events on the same host. */
export interface ReceiverTarget {
  /** For example `ledger`. */
  readonly name: string
  readonly socketPath: string
}

/** A request to another part. */
export interface PartRequest {
  /** Name of the socket in the other part's folder, for example `api.sock`. */
  readonly socket: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a self-test found. `details` must not hold secrets. */
export interface SelfTestResult {
  readonly ok: boolean
  readonly details?: Readonly<Record<string, unknown>>
}

/** A configuration that was read, checked and applied. */
export interface AppliedConfig<C> {
  readonly config: C
  /** SHA-256 of the compiled configuration, lower-case hex. */
  readonly digest: string
  readonly modes?: ModeBaseline
}

/** What a part does when the control socket asks; absent handlers refuse or do the least. */
export interface PartHandlers<C> {
  selfTest?(): Promise<SelfTestResult>
  /** Reads and applies the configuration anew, all or nothing; throwing leaves the running one untouched. */
  reload?(): Promise<AppliedConfig<C>>
  /** Takes no new work and finishes the old. */
  drain?(): Promise<void>
}

/** Everything that a running part shares with the house. */
export interface PartContext<C> {
  readonly part: PartName
  /** `<part>/<slot>`. */
  readonly agentId: string
  /** Configuration in force; a reload replaces it. */
  readonly config: C
  /** `<data folder>/<part>`. */
  readonly dataDir: string
  /** The data folder that all parts share. */
  readonly rootDir: string
  readonly events: EventBuilder
  readonly spool: Spool
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly keys: PartKeys
  /** Aborted when the part stops. */
  readonly signal: AbortSignal
  /** Queues an event. Never waits, never throws. */
  emit(draft: EventDraft): void
  /** Mode in force: of the layer, or on a site. */
  mode(site?: string): Mode
  /** Calls `run` after any change of mode. Returns what ends that. */
  onModeChange(run: () => void): () => void
  /** Modes in force, to send to workers of the same part. */
  modes(): ModeBaseline
  /** Takes the primary's modes; only for workers. */
  adoptModes(modes: ModeBaseline): void
  /** Puts a configuration in force: the heartbeat carries its digest, the modes follow its baseline. For workers and starts. */
  adoptConfig(applied: AppliedConfig<C>): void
  /** Strengthens the mode, for example for a playbook. @throws LayerError LAYER_MODE_WEAKENING when it would weaken. */
  strengthen(mode: Mode, actor: string, site?: string): void
  /**
   * Begins a request to another part: over `socket` in its folder, or over mTLS where this host was enrolled and that part
   * runs on the host of the backbone. May throw; failures of the connection come as `error`.
   */
  request(part: PartName, options: PartRequest): ClientRequest
  /** Sets what the control socket calls. */
  handle(handlers: PartHandlers<C>): void
  /** Bookkeeping of the last canary; it goes into every heartbeat. */
  setCanary(result: CanaryResult): void
  setExpiry(expiry: Expiries): void
  /** Newest ledger checkpoint seen (signed note text): every part is a witness against rollback. */
  setCheckpoint(note: string): void
  /** The heartbeat as it would be sent now. */
  heartbeat(nonce: string): HeartbeatBody
  /** Flushes, sends what a receiver takes within 1 s, closes everything. Safe to call twice. */
  stop(): Promise<void>
}
