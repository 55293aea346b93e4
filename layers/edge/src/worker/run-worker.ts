import { randomBytes } from 'node:crypto'
import { defaultReceivers, startPart } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import type { EdgeConfig } from '@sevenfold/config'
import { readGuardSecret } from '../guard/guard-secret.ts'
import { readCanaryKey } from '../pipeline/canary-key.ts'
import type { SiteExclusion } from '../fixes/site-exclusion.ts'
import { EdgeWorker } from './edge-worker.ts'
import type { PrimaryMessage, WorkerMessage } from './worker-message.ts'

type StartMessage = Extract<PrimaryMessage, { type: 'start' }>

function tell(message: WorkerMessage): void {
  process.send?.(message)
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
  private stopping = false

  async take(message: PrimaryMessage): Promise<void> {
    switch (message.type) {
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
      case 'drain':
        await this.stop(message.patient)
        break
    }
  }

  async stop(patient = false): Promise<void> {
    if (this.stopping) return
    this.stopping = true
    await this.worker?.stop(patient)
    await this.context?.stop()
    process.exit(0)
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
      onCounters: tell,
      onCanary: (attack, stopped) => tell({ type: 'canary', attack, stopped }),
    })
    // Decisions are in force before the first connection is taken.
    for (const update of this.early.splice(0)) this.bans(update)
    // A fix that cannot be used leaves the rules as strict as they are: no reason not to serve.
    for (const problem of this.worker.exclude(this.exclusions))
      this.context.log.error('fix-unusable', { problem })
    this.worker.setAcmeTokens(this.tokens)
    await this.worker.start()
    tell({ type: 'ready', listening: this.worker.listening })
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
  const worker = new WorkerProcess()
  process.on('message', (message: PrimaryMessage) => {
    worker.take(message).catch((error: unknown) => {
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
      // The channel must get the message out first.
      setTimeout(() => process.exit(3), 50)
    })
  })
  // Ctrl-C reaches the whole process group; the primary tells its workers when to stop.
  process.on('SIGINT', () => undefined)
  process.once('SIGTERM', () => void worker.stop())
  tell({ type: 'hello' })
  process.once('uncaughtException', (error) => void worker.dieOf(error))
}
