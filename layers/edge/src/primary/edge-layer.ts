import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EdgeConfig } from '@sevenfold/config'
import { configPath, defineLayer } from '@sevenfold/layer'
import type { Layer, ModeBaseline, PartContext, RunningLayer, SelfTestResult } from '@sevenfold/layer'
import { AcmeKeeper } from '../acme/acme-keeper.ts'
import { AbsenceWatch } from '../beside/absence-watch.ts'
import { seenBeside } from '../pipeline/trace-of.ts'
import { FixKeeper } from '../fixes/fix-keeper.ts'
import type { InForce } from '../fixes/fix-keeper.ts'
import { ensureGuardSecret } from '../guard/guard-secret.ts'
import { LocalAllows } from '../fixes/local-allows.ts'
import { siteExclusion } from '../fixes/site-exclusion.ts'
import { ensureCanaryKey } from '../pipeline/canary-key.ts'
import { takeKeptSockets } from '../sockets/kept-sockets.ts'
import { findOrphans } from '../sockets/orphan.ts'
import { newTicketSeed, ticketLifeMs } from '../tls/ticket-keys.ts'
import { banMessages } from './ban-publisher.ts'
import { DecisionBook, valueLimit } from './decision-book.ts'
import type { BookChange } from './decision-book.ts'
import { readDecisionFile, writeDecisionFile } from './decision-file.ts'
import { DecisionFollower } from './decision-follower.ts'
import { growFileTable } from './file-table.ts'
import { parseEdgeConfig } from './parse-config.ts'
import { WorkerPool } from './worker-pool.ts'
import type { WorkerPoolOptions } from './worker-pool.ts'

type Context = PartContext<EdgeConfig>

/** What a primary that died left behind. */
type Past = Pick<WorkerPoolOptions, 'sockets' | 'orphans'>

/** The copy on disk is written this long after a change: one write for many changes. */
export const saveDelayMs = 500
const expireMs = 60_000
const selfTestMs = 2000
/** How often the file of fixes is looked at: a fix acts within 2 s, compiling included. */
const fixLookMs = 250

function modesOf(config: EdgeConfig): ModeBaseline {
  return { layer: config.mode, sites: Object.fromEntries(config.sites.map(({ name, mode }) => [name, mode])) }
}

/** The primary process of the edge: follows the decisions, keeps the workers alive, serves nothing itself. */
class EdgePrimary {
  readonly pool: WorkerPool
  private readonly context: Context
  private readonly book = new DecisionBook()
  private readonly follower: DecisionFollower
  private readonly path: string
  private readonly expiry: NodeJS.Timeout
  private readonly tickets: NodeJS.Timeout
  private ticketSeed = newTicketSeed()
  private readonly fixes: FixKeeper
  private readonly allows = new LocalAllows()
  private readonly acme: AcmeKeeper
  private readonly absence: AbsenceWatch
  private readonly tokens = new Map<string, string>()
  private fixLook: NodeJS.Timeout | null = null
  private saving: NodeJS.Timeout | null = null
  private version = 1
  private evictionNotedAt = 0

  constructor(context: Context, past: Past) {
    this.context = context
    this.path = join(context.dataDir, 'decisions.json')
    ensureCanaryKey(context.dataDir)
    ensureGuardSecret(context.dataDir)
    this.loadDecisions()
    this.pool = new WorkerPool({
      ...past,
      rootDir: context.rootDir,
      log: context.log,
      modes: () => context.modes(),
      greet: (send) => {
        const all = this.allows.over({ reset: true, set: this.book.entries(), unset: [] })
        for (const message of banMessages(all, this.version)) send(message)
        send({ type: 'exclusions', id: 0, list: this.fixes.current.exclusions.map(siteExclusion) })
        send({ type: 'tickets', seed: this.ticketSeed })
        send({ type: 'acme', id: 0, tokens: Object.fromEntries(this.tokens) })
      },
      onCanary: (attack, stopped) =>
        context.setCanary({ ok: stopped, time: new Date(context.clock.now()).toISOString(), attack }),
      onReplaced: (slot, why) =>
        context.emit(
          context.events.notice('worker-replaced', `worker ${slot} died (${why}), a new one starts`, 60),
        ),
    })
    this.fixes = new FixKeeper({
      folder: context.dataDir,
      now: () => context.clock.now(),
      log: context.log,
      events: context.events,
      emit: (draft) => context.emit(draft),
      apply: (fixes) => this.applyFixes(fixes),
    })
    this.absence = new AbsenceWatch({
      dataDir: context.dataDir,
      now: () => context.clock.now(),
      events: context.events,
      emit: (draft) => context.emit(draft),
    })
    this.acme = new AcmeKeeper({
      dataDir: context.dataDir,
      clock: context.clock,
      log: context.log,
      events: context.events,
      emit: (draft) => context.emit(draft),
      board: {
        put: (token, text) => this.showTokens(() => this.tokens.set(token, text)),
        remove: (token) => this.showTokens(() => this.tokens.delete(token)),
      },
    })
    this.fixes.load()
    this.allows.use(this.fixes.current.allows, () => [])
    this.follower = new DecisionFollower({
      request: (path, headers) => context.request('detection', { socket: 'api.sock', path, headers }),
      book: this.book,
      clock: context.clock,
      log: context.log,
      onChange: (change) => this.publish(change),
    })
    this.tickets = setInterval(() => this.renewTickets(), ticketLifeMs)
    this.expiry = setInterval(() => this.book.expire(context.clock.now()), expireMs)
    context.onModeChange(() => this.pool.broadcast({ type: 'modes', modes: context.modes() }))
  }

  async start(): Promise<void> {
    await this.pool.use(this.context.config, this.context.heartbeat('').config)
    await this.fixes.look()
    this.fixLook = setInterval(() => void this.fixes.look(), fixLookMs)
    this.follower.start()
    this.acme.use(this.context.config.sites)
    this.absence.start(this.context.config)
  }

  async selfTest(): Promise<SelfTestResult> {
    const workers = await this.pool.selfTest(selfTestMs)
    const details = {
      workers: workers.map(({ slot, ok, details }) => ({ slot, ok, details })),
      decisions: this.book.size,
      decisionStream: this.follower.connected,
      // Never to be counted as an inspection that enforces.
      beside: this.context.config.beside.map(({ kind, site }) => ({
        kind,
        site,
        sees: seenBeside(kind),
      })),
    }
    return { ok: workers.length > 0 && workers.every(({ ok }) => ok), details }
  }

  /** Puts a new configuration in force in all workers. */
  async reload(config: EdgeConfig, digest: string): Promise<void> {
    await this.pool.use(config, digest)
    this.acme.use(config.sites)
  }

  async stop(): Promise<void> {
    this.follower.stop()
    this.acme.stop()
    this.absence.stop()
    clearInterval(this.expiry)
    clearInterval(this.tickets)
    if (this.fixLook !== null) clearInterval(this.fixLook)
    if (this.saving !== null) clearTimeout(this.saving)
    this.save()
    await this.pool.stop()
  }

  private renewTickets(): void {
    this.ticketSeed = newTicketSeed()
    this.pool.broadcast({ type: 'tickets', seed: this.ticketSeed })
  }

  private async showTokens(change: () => void): Promise<void> {
    change()
    await this.pool.showTokens(Object.fromEntries(this.tokens))
  }

  private loadDecisions(): void {
    const { context } = this
    const kept = readDecisionFile(this.path, (why) => context.log.error('decisions-unreadable', { why }))
    this.book.replace({ version: kept.version, add: kept.decisions, remove: [] })
    this.book.expire(context.clock.now())
    // The stream starts with a snapshot; a version from disk must not look like the last one of a stream.
    this.book.issuerVersion = -1
  }

  private publish(change: BookChange): void {
    this.version += 1
    for (const message of banMessages(this.allows.over(change), this.version)) this.pool.broadcast(message)
    this.saving ??= setTimeout(() => this.save(), saveDelayMs)
    if ((change.evicted ?? 0) > 0) this.noteEvicted(change.evicted ?? 0)
  }

  private noteEvicted(count: number): void {
    const { context } = this
    context.log.warn('decisions-evicted', { count })
    const now = context.clock.now()
    if (now - this.evictionNotedAt < expireMs) return
    this.evictionNotedAt = now
    const text = `more than ${valueLimit} addresses have a decision: the oldest of the fullest networks gave way`
    context.emit(context.events.notice('decisions-evicted', text, 60))
  }

  private async applyFixes({ exclusions, allows }: InForce): Promise<readonly string[]> {
    this.version += 1
    const change = this.allows.use(allows, () => this.book.entries())
    for (const message of banMessages(change, this.version)) this.pool.broadcast(message)
    return await this.pool.exclude(exclusions.map(siteExclusion))
  }

  private save(): void {
    this.saving = null
    try {
      writeDecisionFile(this.path, this.book.issuerVersion, this.book.all())
    } catch (error) {
      this.context.log.error('decisions-not-saved', { error })
    }
  }
}

/** The digest under which a reload will be known: that of the file's bytes, as the house computes it. */
function fileDigest(rootDir: string): string {
  return createHash('sha256')
    .update(readFileSync(configPath(rootDir, 'edge')))
    .digest('hex')
}

async function start(context: Context): Promise<RunningLayer<EdgeConfig>> {
  const past = { sockets: await takeKeptSockets(), orphans: await findOrphans(context.dataDir) }
  if (past.orphans.length > 0)
    context.log.warn('taking-over', { slots: past.orphans.map(({ slot }) => slot) })
  // Before workers start: their tables are as large as this one from the first moment.
  const release = growFileTable(context.config.limits.connections)
  const primary = new EdgePrimary(context, past)
  const stop = async (): Promise<void> => {
    release()
    await primary.stop()
  }
  try {
    await primary.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    listening: primary.pool.listening,
    selfTest: () => primary.selfTest(),
    stop,
    reload: (config) => primary.reload(config, fileDigest(context.rootDir)),
  }
}

/** The edge layer; `runLayer(edgeLayer)` is the process `dist/main.js`. */
export const edgeLayer: Layer<EdgeConfig> = defineLayer({
  name: 'edge',
  parseConfig: parseEdgeConfig,
  modes: modesOf,
  spoolBytes: (config) => Math.max(1_048_576, Math.floor(config.spoolBytes / (config.workers + 1))),
  start,
})
