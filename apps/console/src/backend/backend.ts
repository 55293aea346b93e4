import type { Decision, Json, JsonObject, Mode } from '@sevenfold/event'

/** What the console asks of the other parts. Every call may fail with a `BackendError`. */
export interface Backend {
  /** Parts with mode, last heartbeat, canary and rate, as the collector knows them. */
  status(): Promise<Json>
  /** Stored events that match the filter, newest first. */
  events(query: EventQuery): Promise<Json>
  /** All events of one request. */
  request(id: string): Promise<Json>
  /** Counts over time. */
  histogram(query: EventQuery): Promise<Json>
  /** Live events as JSON lines until `signal` aborts. */
  tail(query: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>
  decisions(): Promise<readonly Decision[]>
  unban(id: number, reason: string, actor: string): Promise<void>
  setMode(change: ModeChange): Promise<void>
  /** Incidents of a state, and what was too mild to be one. */
  incidents(state: string): Promise<Json>
  /** One incident with its runbooks. */
  incident(id: string): Promise<Json>
  /** What a person says of an incident; with `dryRun` only what that would hide. */
  giveVerdict(id: string, verdict: JsonObject): Promise<Json>
  /** Runs of playbooks, the newest first. */
  runs(): Promise<Json>
  /** Approves, rejects or takes back a run. */
  decideRun(id: string, act: 'approve' | 'reject' | 'undo', actor: string): Promise<Json>
  /** What each rule cost in the last week. */
  load(): Promise<Json>
  /** Hosts that joined, with their certificates; null where none can join. */
  hosts(): Promise<Json>
  /** What is silent now, and what silence was announced. */
  silences(): Promise<Json>
  /** Announces a silence. */
  planSilence(plan: JsonObject): Promise<Json>
  /** Ends an announced silence. */
  endSilence(id: number, actor: string): Promise<Json>
  /** What the layers share, as it was at the start; null when that is not known. */
  depends(): Promise<Json>
  /** What anybody may know: whether the backbone works, and how far its ledger is. */
  health(): Promise<HealthWord>
}

/** A word for a watcher outside. */
export interface HealthWord {
  readonly ok: boolean
  readonly time: string
  readonly size: number
  readonly root: string
}

/** Filter of a question to the collector; times are ISO 8601. */
export interface EventQuery {
  readonly query?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly limit?: string | undefined
}

/** A change of mode, carried out by the part itself. */
export interface ModeChange {
  readonly part: string
  readonly site?: string
  readonly mode: Mode
  readonly reason: string
  readonly actor: string
}

/** Stable codes of failed questions. */
export type BackendErrorCode = 'BACKEND_DOWN' | 'BACKEND_REFUSED' | 'BACKEND_TOO_LARGE' | 'BACKEND_PROTOCOL'

/** A part did not answer, or not as agreed. `status` is what the console answers to its own client. */
export class BackendError extends Error {
  readonly code: BackendErrorCode
  readonly status: 400 | 404 | 409 | 502 | 503

  constructor(code: BackendErrorCode, message: string, status: 400 | 404 | 409 | 502 | 503, cause?: unknown) {
    super(message, { cause })
    this.name = 'BackendError'
    this.code = code
    this.status = status
  }
}
