import type { Unprotected } from '@sevenfold/event'
import type { Finding } from './attack.ts'
import type { Account, EntryRefusal } from './account/account.ts'
import type { MessageInput } from './message-context.ts'
import { Inventory } from './report/inventory.ts'
import { UnprotectedList } from './report/unprotected.ts'
import { RefusedError } from './refusal.ts'
import { currentRequest, inFlight } from './request-context.ts'
import type { RequestContext } from './request-context.ts'

/** Modes of the agent, as everywhere. */
export type AgentMode = 'off' | 'monitor' | 'enforce'

/** What the agent reports of a refused or noticed call. */
export interface AgentReport {
  readonly finding: Finding
  readonly sink: string
  readonly mode: AgentMode
  readonly context: RequestContext
}

/** A sink that was reached, whatever is thought of it. */
export interface SinkUse {
  readonly kind:
    | 'statement'
    | 'line'
    | 'program'
    | 'file'
    | 'host'
    | 'code'
    | 'template'
    | 'markup'
    | 'location'
    | 'regex'
    | 'filter'
  readonly sink: string
  readonly text: string
  /** Arguments of a program. */
  readonly args?: readonly string[]
  /** Of a host: an input names it. */
  readonly isChosen?: boolean
}

/** Counters of the agent; they only rise. */
export interface AgentCounters {
  /** HTTP requests and messages. */
  requests: number
  /** Messages among them: of web sockets, RPC calls and queues. */
  messages: number
  sinks: number
  refused: number
  noticed: number
  /** Faults of the agent itself: the call went through. */
  faults: number
}

/** Decides at sinks and tells its reporter. One for each process or worker thread. */
export class Agent {
  mode: AgentMode
  /** Runs the handler of a message; a second copy of this package has another store and must come here. */
  serve: (<T>(message: MessageInput, handle: () => T) => T) | undefined
  /** Tells of logins; set by who knows where to. */
  account: Account | undefined
  /** Why a request is not served at all. */
  entry: ((context: RequestContext) => EntryRefusal | undefined) | undefined
  /** Called when an answer ends. */
  onEnd: ((context: RequestContext) => void) | undefined
  /** What this process loads and does. */
  readonly inventory: Inventory = new Inventory()
  /** Hears of what it cannot protect, once each. */
  onUnprotected: ((one: Unprotected) => void) | undefined
  /** What it cannot protect. */
  readonly unprotected: UnprotectedList
  /** Sees every sink that is reached within a request; set while testing. */
  observer: ((use: SinkUse, context: RequestContext) => void) | undefined
  /** What the agent's own work runs in; set while testing, so that it is not followed. */
  around: (<T>(work: () => T) => T) | undefined
  readonly counters: AgentCounters = { requests: 0, messages: 0, sinks: 0, refused: 0, noticed: 0, faults: 0 }
  readonly #report: (report: AgentReport) => void
  readonly #onFault: (error: unknown, sink: string) => void

  constructor(
    mode: AgentMode,
    report: (report: AgentReport) => void,
    onFault: (error: unknown, sink: string) => void,
  ) {
    this.mode = mode
    this.#report = report
    this.#onFault = onFault
    this.unprotected = new UnprotectedList((one) => this.onUnprotected?.(one))
  }

  /**
   * Asks a judge about a call. Gives the error to deliver through the call's own channel, or null to let it through.
   * The agent fails open: a judge that throws is counted and reported, and the call goes on.
   */
  check(sink: string, judge: (context: RequestContext) => Finding | null): RefusedError | null {
    if (this.mode === 'off') return null
    const context = currentRequest.getStore()
    if (context !== undefined) {
      const refusal = this.checkFor(context, sink, judge)
      // What was begun for a request may go on for others once it is answered: a pooled connection, a queue.
      if (refusal !== null || !context.isEnded) return refusal
    }
    if (inFlight.size === 0) return null
    for (const served of inFlight.all()) {
      const refusal = this.checkFor(served, sink, judge)
      if (refusal !== null) return refusal
    }
    return null
  }

  /** Tells the observer of a sink. */
  observe(use: SinkUse, served?: RequestContext): void {
    if (this.observer === undefined) return
    const known = served ?? currentRequest.getStore()
    // As above, with the newest of the others.
    const [newest] = known?.isEnded === true ? inFlight.all() : []
    const context = newest ?? known
    if (context === undefined) return
    try {
      this.observer(use, context)
    } catch (error) {
      this.fault(error, use.sink)
    }
  }

  /** As `check`, for a request that is known. */
  checkFor(
    context: RequestContext,
    sink: string,
    judge: (context: RequestContext) => Finding | null,
  ): RefusedError | null {
    if (this.mode === 'off') return null
    this.counters.sinks += 1
    try {
      const found = this.around === undefined ? judge(context) : this.around(() => judge(context))
      return found === null ? null : this.object(found, sink, context)
    } catch (error) {
      this.fault(error, sink)
      return null
    }
  }

  /** Reports a finding; gives the refusal when the agent enforces. */
  object(found: Finding, sink: string, context: RequestContext): RefusedError | null {
    context.isScored = true
    const enforces = this.mode === 'enforce'
    if (enforces) this.counters.refused += 1
    else this.counters.noticed += 1
    this.#report({ finding: found, sink, mode: this.mode, context })
    return enforces ? new RefusedError(found.attack) : null
  }

  /** Reports a finding that is let through whatever the mode. */
  notice(found: Finding, sink: string, context: RequestContext): null {
    context.isScored = true
    this.counters.noticed += 1
    this.#report({ finding: found, sink, mode: 'monitor', context })
    return null
  }

  /** Counts a fault of the agent itself. */
  fault(error: unknown, sink: string): void {
    this.counters.faults += 1
    try {
      this.#onFault(error, sink)
    } catch {
      return // reporting must not break the application either
    }
  }
}
