import { randomBytes } from 'node:crypto'
import { defaultReceivers, startPart } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import type { EdgeConfig } from '@sevenfold/config'
import { readGuardSecret } from '../guard/guard-secret.ts'
import { signMs } from '../primary/worker-watch.ts'
import { readCanaryKey } from '../pipeline/canary-key.ts'
import type { SiteExclusion } from '../fixes/site-exclusion.ts'
import { awaitRelief, orphanMs } from '../sockets/orphan.ts'
import { SharedSockets } from '../sockets/shared-sockets.ts'
import { sendable } from '../sockets/socket-handle.ts'
import type { SocketHandle } from '../sockets/socket-handle.ts'
import { EdgeWorker } from './edge-worker.ts'
import { lowerHelperThreads } from './helper-threads.ts'
import type { PrimaryMessage, WorkerMessage } from './worker-message.ts'

type StartMessage = Extract<PrimaryMessage, { type: 'start' }>

/** Longest time that a worker takes to end, milliseconds. */
const longestStopMs = 10_000

/** Tells the primary; one that is gone needs to know nothing. */
function tell(message: WorkerMessage, handle?: SocketHandle): void {
  if (!process.connected) return
  process.send?.(message, handle === undefined ? undefined : sendable(handle), {}, () => undefined)
}

/** One worker process of the edge: takes orders from the primary until it drains. */
class WorkerProcess {
  private context: PartContext<EdgeConfig> | null = null
  private worker: EdgeWorker | null = null
  /** Decisions that came before the worker was ready. */
  private readonly early: Extract<PrimaryMessage, { type: 'bans' }>[] = []
  /** Exclusions that came before the worker was ready. */
  private exclusions: readonly SiteExclusion[] = []
  /** Tokens that came before the worker was ready. */
  private tokens: Readonly<Record<string, string>> = {}
  private readonly sockets = new SharedSockets(tell)
  private slot = ''
  private serves = false
  private stopping = false
  private ticketSeed: Uint8Array | null = null

  async take(message: PrimaryMessage, handle: SocketHandle | null): Promise<void> {
    switch (message.type) {
      case 'socket':
        this.sockets.take(message, handle)
        break
      case 'start':
        await this.start(message)
        break
      case 'bans':
        this.bans(message)
        break
      case 'modes':
        this.context?.adoptModes(message.modes)
        break
      case 'rates':
      case 'guard-told':
        this.worker?.takeCounters(message)
        break
      case 'selftest':
        await this.selfTest(message.id)
        break
      case 'exclusions':
        this.exclude(message)
        break
      case 'acme':
        this.worker?.setAcmeTokens(message.tokens)
        this.tokens = message.tokens
        tell({ type: 'tested', id: message.id, ok: true, details: {} })
        break
      case 'tickets':
        this.ticketSeed = message.seed
        this.worker?.useTickets(message.seed)
        break
      case 'drain':
        await this.stop(message.patient)
        break
    }
  }

  async stop(patient = false): Promise<void> {
    if (this.stopping) return
    this.stopping = true
    // Whoever would end a process that hangs here may be gone by now.
    setTimeout(() => process.exit(1), longestStopMs).unref()
    await this.worker?.stop(patient)
    await this.context?.stop()
    process.exit(0)
  }

  /**
   * The primary died. This process goes on serving with the decisions that it has until a new primary asks it to
   * leave, for a bounded time; one that does not serve yet is of no use to anybody.
   */
  orphaned(): void {
    if (this.stopping) return
    if (this.context === null || !this.serves) process.exit(1)
    this.context.log.error('primary-gone', { slot: this.slot, servesForMs: orphanMs })
    this.context.emit(
      this.context.events.notice(
        'primary-gone',
        `the primary process died; worker ${this.slot} serves alone for at most ${orphanMs / 1000} s`,
        60,
      ),
    )
    awaitRelief({
      dataDir: this.context.dataDir,
      slot: this.slot,
      forMs: orphanMs,
      onRelief: () => void this.stop(true),
    })
  }

  /** A bug ends the process after what is known is on disk; the primary starts a clean one. */
  async dieOf(error: unknown): Promise<void> {
    this.context?.log.error('uncaught', { error })
    process.exitCode = 1
    try {
      await this.context?.spool.flush()
    } finally {
      process.exit(1)
    }
  }

  private async start(message: StartMessage): Promise<void> {
    const { config } = message
    this.slot = message.slot
    this.context = await startPart({
      part: 'edge',
      slot: message.slot,
      dataDir: message.rootDir,
      config,
      configDigest: message.configDigest,
      modes: message.modes,
      receivers: defaultReceivers(message.rootDir, 'edge'),
      spoolBytes: Math.max(1_048_576, Math.floor(config.spoolBytes / (config.workers + 1))),
    })
    this.worker = new EdgeWorker({
      context: this.context,
      canaryKey: readCanaryKey(this.context.dataDir),
      guardSecret: readGuardSecret(this.context.dataDir) ?? randomBytes(32),
      onCounters: (counters) => tell(counters),
      sockets: this.sockets,
      onCanary: (attack, stopped) => tell({ type: 'canary', attack, stopped }),
    })
    // Decisions are in force before the first connection is taken.
    for (const update of this.early.splice(0)) this.bans(update)
    // A fix that cannot be used leaves the rules as strict as they are: no reason not to serve.
    for (const problem of this.worker.exclude(this.exclusions))
      this.context.log.error('fix-unusable', { problem })
    this.worker.setAcmeTokens(this.tokens)
    await this.worker.start()
    if (this.ticketSeed !== null) this.worker.useTickets(this.ticketSeed)
    this.serves = true
    tell({ type: 'ready', listening: this.worker.listening })
    setInterval(() => tell({ type: 'alive' }), signMs).unref()
  }

  private bans(update: Extract<PrimaryMessage, { type: 'bans' }>): void {
    if (this.worker === null) this.early.push(update)
    else if (this.worker.applyBans(update)) {
      tell({ type: 'applied', version: update.version, size: this.worker.bans.size })
    }
  }

  private exclude({ id, list }: Extract<PrimaryMessage, { type: 'exclusions' }>): void {
    this.exclusions = list
    const problems = this.worker?.exclude(list) ?? []
    tell({ type: 'tested', id, ok: problems.length === 0, details: { problems } })
  }

  private async selfTest(id: number): Promise<void> {
    const result = (await this.worker?.selfTest()) ?? { ok: false, details: { started: false } }
    tell({ type: 'tested', id, ok: result.ok, details: result.details })
  }
}

/** Runs this process as a worker of the edge. */
export function runWorker(): void {
  lowerHelperThreads()
  const worker = new WorkerProcess()
  process.on('message', (message: PrimaryMessage, handle: unknown) => {
    worker.take(message, typeof handle === 'object' ? handle : null).catch((error: unknown) => {
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
      // The channel must get the message out first.
      setTimeout(() => process.exit(3), 50)
    })
  })
  // Ctrl-C reaches the whole process group; the primary tells its workers when to stop.
  process.on('SIGINT', () => undefined)
  process.once('SIGTERM', () => void worker.stop())
  process.once('disconnect', () => worker.orphaned())
  tell({ type: 'hello' })
  process.once('uncaughtException', (error) => void worker.dieOf(error))
}
