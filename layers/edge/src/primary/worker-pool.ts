import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EdgeConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'
import type { Listening, Logger, ModeBaseline } from '@sevenfold/layer'
import { EdgeError } from '../edge-error.ts'
import type { SiteExclusion } from '../fixes/site-exclusion.ts'
import { RateHub } from '../rate/rate-hub.ts'
import type { KeptSockets } from '../sockets/kept-sockets.ts'
import type { Orphan } from '../sockets/orphan.ts'
import { sendable } from '../sockets/socket-handle.ts'
import type { SocketHandle } from '../sockets/socket-handle.ts'
import { SocketShelf } from '../sockets/socket-shelf.ts'
import type { SocketUser } from '../sockets/socket-shelf.ts'
import type { PrimaryMessage, WorkerMessage } from '../worker/worker-message.ts'
import { workerOptions } from './worker-options.ts'
import { WorkerWatch } from './worker-watch.ts'

/** What the pool needs. */
export interface WorkerPoolOptions {
  readonly rootDir: string
  readonly log: Logger
  /** Modes in force, for a new worker. */
  readonly modes: () => ModeBaseline
  /** Everything about decisions that a new worker must know before it serves. */
  readonly greet: (send: (message: PrimaryMessage) => void) => void
  readonly onCanary: (attack: string, stopped: boolean) => void
  /** Sockets that outlive this process. */
  readonly sockets: KeptSockets
  /** Workers of a primary that died; they serve until those of this one are ready. */
  readonly orphans: readonly Orphan[]
  /** A worker that served died and is replaced. */
  readonly onReplaced: (slot: string, why: string) => void
}

interface Member extends SocketUser {
  readonly id: number
  readonly worker: ChildProcess
  readonly slot: string
  readonly startedAt: number
  /** It listens to messages and was told what is in force. */
  greeted: boolean
  ready: boolean
  leaving: boolean
  /** Why it was ended; empty: it was not. */
  ended: string
}

/** Time that a worker gets to be ready, and to end after it was told to drain. */
export const startTimeoutMs = 20_000
/** Time that the first worker of a new configuration gets to prove that it judges. */
const trialTimeoutMs = 10_000
/** Time that a worker gets to compile its rules anew. */
const excludeTimeoutMs = 10_000
const endedAnswer = 'it ended'
const tokenTimeoutMs = 5000
const leaveTimeoutMs = 2600
/** The same when the place of the worker is taken by another. */
const handOverTimeoutMs = 6500
const quickDeathMs = 5000
const longestPauseMs = 5000
const workerMain = fileURLToPath(new URL('../worker/main.js', import.meta.url))

/** Keeps a number of workers alive with one configuration; a dead one is replaced, the others go on. */
export class WorkerPool {
  listening: readonly Listening[] = []
  private readonly options: WorkerPoolOptions
  private readonly members = new Map<number, Member>()
  private readonly tests = new Map<number, (message: Extract<WorkerMessage, { type: 'tested' }>) => void>()
  private config: { readonly config: EdgeConfig; readonly digest: string } | null = null
  private readonly shelf: SocketShelf
  private readonly orphans: Orphan[]
  private nextTest = 1
  private nextMember = 1
  private readonly counters = new RateHub(() => performance.now())
  private quickDeaths = 0
  private takingOver: Promise<void> = Promise.resolve()
  private stopping = false
  private readonly watch = new WorkerWatch<Member>({
    monotonicMs: () => performance.now(),
    onSilent: (member, silentMs) => this.endHanging(member, silentMs),
  })

  constructor(options: WorkerPoolOptions) {
    this.options = options
    const { sockets } = options
    this.orphans = [...options.orphans]
    this.shelf = new SocketShelf({
      kept: sockets.kept,
      onOpened: (key, handle) => sockets.keep(key, handle),
      onDropped: (key) => sockets.drop(key),
      vacate: () => this.vacate(),
    })
  }

  /** Process ids of the workers that serve. */
  get pids(): readonly number[] {
    return Array.from(this.members.values(), ({ worker }) => worker.pid ?? 0).filter((pid) => pid > 0)
  }

  /**
   * Puts a configuration in force, worker by worker, so that some always serve; a worker keeps its slot, because its
   * spool and its heartbeats are known by it. A first worker of its own must start and judge before any other leaves: with
   * those the rules and keys would be gone that the files of a configuration held before.
   * @throws EdgeError EDGE_WORKER_START, EDGE_CONFIG_INVALID.
   */
  async use(config: EdgeConfig, digest: string): Promise<void> {
    await this.takingOver
    const previous = this.config
    const old = [...this.members.values()].filter(({ leaving }) => !leaving)
    this.config = { config, digest }
    this.watch.longestMs = config.limits.workerSilenceMs
    try {
      const relieved = old.length > 0 || this.orphans.length > 0
      const relief = relieved ? await this.fork(this.freeSlot()) : null
      if (relief !== null && this.orphans.length > 0) {
        // This one serves, and so do those that are left: the rest can take its time.
        this.takingOver = this.takeOver(relief, Math.max(1, config.workers))
        return
      }
      if (relief !== null) await this.tryOut(relief)
      for (const member of old) await this.renew(member)
      await this.resize(relief, Math.max(1, config.workers))
      this.shelf.prune()
    } catch (error) {
      this.config = previous
      if (previous !== null) this.watch.longestMs = previous.config.limits.workerSilenceMs
      if (previous !== null) await this.takeBack(old)
      else await Promise.all(Array.from(this.members.values(), (member) => this.leave(member)))
      throw error
    }
  }

  private async takeOver(relief: Member, count: number): Promise<void> {
    try {
      await this.relieveOrphans()
      if (this.stopping) return
      if (this.members.size > count) await this.leave(relief)
      await this.resize(null, count)
      this.shelf.prune()
    } catch (error) {
      // Whoever serves by now goes on; what is missing is started as if it had died.
      this.options.log.error('hand-over-failed', { error })
      const missing = count - this.members.size
      for (let i = 0; i < missing; i += 1) this.replace(this.freeSlot())
    }
  }

  /** Takes over from the workers of a primary that died, one by one and under the same names. */
  private async relieveOrphans(): Promise<void> {
    for (let orphan = this.orphans[0]; orphan !== undefined; orphan = this.orphans[0]) {
      if (this.stopping) return
      const left = await orphan.leave()
      if (!left) this.options.log.error('orphan-stays', { slot: orphan.slot })
      // A slot that somebody still holds cannot be used: its spool is locked.
      const slot = left ? orphan.slot : this.freeSlot()
      this.orphans.shift()
      await this.fork(slot)
    }
  }

  /** Nobody kept the sockets: whoever serves from the time before must go now, so that the places are free. */
  private vacate(): boolean {
    for (const orphan of this.orphans) void orphan.leave()
    return this.orphans.length > 0
  }

  /** Ends a worker and starts one of the configuration in force in its place. */
  private async renew(member: Member): Promise<void> {
    await this.leave(member)
    await this.fork(member.slot)
  }

  /** A configuration under which a worker does not judge is no configuration. */
  private async tryOut(member: Member): Promise<void> {
    const { ok } = await this.ask(member, (id) => ({ type: 'selftest', id }), trialTimeoutMs)
    if (!ok) throw new EdgeError('EDGE_CONFIG_INVALID', 'the self-test fails with it: it lets attacks pass')
  }

  /** Brings the number of workers to `count`. */
  private async resize(relief: Member | null, count: number): Promise<void> {
    if (relief !== null && this.members.size > count) await this.leave(relief)
    const missing = count - this.members.size
    await Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.fork(this.freeSlot())))
    const surplus = [...this.members.values()].slice(count)
    await Promise.all(surplus.map((member) => this.leave(member)))
  }

  /** After a failed change: every old slot gets a worker of the old configuration again. */
  private async takeBack(old: readonly Member[]): Promise<void> {
    const kept = new Set(old)
    const fresh = [...this.members.values()].filter((member) => !kept.has(member))
    for (const { slot } of old) {
      if (![...this.members.values()].some((member) => member.slot === slot)) await this.fork(slot)
    }
    for (const member of fresh) {
      await this.leave(member)
      if (old.some(({ slot }) => slot === member.slot)) await this.fork(member.slot)
    }
  }

  /** Sends a message to every worker. */
  broadcast(message: PrimaryMessage): void {
    for (const { worker } of this.members.values()) send(worker, message)
  }

  /** Asks every worker to prove that it judges. */
  async selfTest(timeoutMs: number): Promise<readonly { slot: string; ok: boolean; details: unknown }[]> {
    const members = [...this.members.values()].filter(({ ready, leaving }) => ready && !leaving)
    return Promise.all(
      members.map((member) => this.ask(member, (id) => ({ type: 'selftest', id }), timeoutMs)),
    )
  }

  /**
   * Puts exclusions in force, in one half of the workers and then in the other: compiling takes a worker some hundred
   * milliseconds, and somebody must take the requests of that time. Returns what went wrong.
   */
  async exclude(list: readonly SiteExclusion[]): Promise<readonly string[]> {
    // One that is not greeted yet will be told the same as its first message.
    const members = [...this.members.values()].filter(({ greeted, leaving }) => greeted && !leaving)
    const half = Math.ceil(members.length / 2)
    const problems = new Set<string>()
    for (const wave of [members.slice(0, half), members.slice(half)]) {
      const answers = await Promise.all(
        wave.map((member) => this.ask(member, (id) => ({ type: 'exclusions', id, list }), excludeTimeoutMs)),
      )
      for (const { slot, ok, details } of answers)
        // The one that takes the place of a worker that ended starts with what is in force.
        if (!ok && details !== endedAnswer)
          problems.add(typeof details === 'string' ? `${slot}: ${details}` : problemText(details))
    }
    return [...problems]
  }

  /** Drains and ends all workers. */
  async stop(): Promise<void> {
    this.stopping = true
    this.watch.stop()
    this.vacate()
    await Promise.all(Array.from(this.members.values(), (member) => this.leave(member, false)))
    if (!this.options.sockets.outlive) this.shelf.close()
  }

  /** Tells all workers the tokens that a certificate authority will ask for; resolves when they know. */
  async showTokens(tokens: Readonly<Record<string, string>>): Promise<void> {
    const members = [...this.members.values()].filter(({ greeted, leaving }) => greeted && !leaving)
    await Promise.all(
      members.map((member) => this.ask(member, (id) => ({ type: 'acme', id, tokens }), tokenTimeoutMs)),
    )
  }

  private ask(
    member: Member,
    question: (id: number) => PrimaryMessage,
    timeoutMs: number,
  ): Promise<{ slot: string; ok: boolean; details: unknown }> {
    const id = this.nextTest
    this.nextTest += 1
    return new Promise((resolve) => {
      const settle = (ok: boolean, details: unknown): void => {
        clearTimeout(timer)
        member.worker.off('exit', ended)
        this.tests.delete(id)
        resolve({ slot: member.slot, ok, details })
      }
      const ended = (): void => settle(false, endedAnswer)
      const timer = setTimeout(() => settle(false, 'no answer'), timeoutMs)
      member.worker.once('exit', ended)
      this.tests.set(id, ({ ok, details }) => settle(ok, details))
      send(member.worker, question(id))
    })
  }

  private freeSlot(): string {
    const taken = new Set([...this.members.values(), ...this.orphans].map(({ slot }) => slot))
    for (let index = 0; ; index += 1) if (!taken.has(`w${index}`)) return `w${index}`
  }

  private fork(slot: string): Promise<Member> {
    const { config } = this
    if (config === null) return Promise.reject(new EdgeError('EDGE_WORKER_START', 'no configuration'))
    const worker = fork(workerMain, [], {
      serialization: 'advanced',
      execArgv: [...workerOptions, ...process.execArgv],
      env: { ...process.env, SEVENFOLD_OUTLIVES_PARENT: '1' },
    })
    const member: Member = {
      id: this.nextMember,
      slot,
      worker,
      socket: (answer, handle) => send(worker, answer, handle),
      startedAt: performance.now(),
      greeted: false,
      ready: false,
      leaving: false,
      ended: '',
    }
    this.nextMember += 1
    worker.once('exit', (code, signal) => this.gone(member, signal ?? `code ${code ?? 'unknown'}`))
    // Without this a process that cannot be started would end the primary; its end is noticed by `exit` or in time.
    worker.on('error', (error) => this.options.log.error('worker-error', { slot, error }))
    this.members.set(member.id, member)
    // Nothing is sent before the worker says that it listens: earlier messages can be lost.
    member.worker.once('message', () => {
      member.greeted = true
      this.options.greet((message) => send(member.worker, message))
      send(member.worker, {
        type: 'start',
        slot: member.slot,
        rootDir: this.options.rootDir,
        config: config.config,
        configDigest: config.digest,
        modes: this.options.modes(),
      })
    })
    return this.readyOf(member)
  }

  private readyOf(member: Member): Promise<Member> {
    return new Promise((resolve, reject) => {
      let settled = false
      const fail = (why: string): void => {
        if (settled) return
        settled = true
        clearTimeout(timer)
        member.leaving = true
        member.worker.kill('SIGKILL')
        reject(new EdgeError('EDGE_WORKER_START', `worker ${member.slot} does not start: ${why}`))
      }
      const timer = setTimeout(() => fail(`not ready within ${startTimeoutMs} ms`), startTimeoutMs)
      member.worker.once('exit', () => fail('it ended'))
      member.worker.on('message', (message: WorkerMessage, handle: unknown) => {
        if (message.type === 'failed') fail(message.message)
        if (message.type === 'ready' && !settled) {
          settled = true
          clearTimeout(timer)
          member.ready = true
          this.listening = message.listening
          resolve(member)
        }
        this.take(message, member, typeof handle === 'object' ? handle : null)
      })
    })
  }

  private take(message: WorkerMessage, from: Member, handle: SocketHandle | null): void {
    if (from.ready && !from.leaving && !this.stopping) this.watch.heard(from)
    if (message.type === 'socket-ask' || message.type === 'socket-opened' || message.type === 'socket-failed')
      this.shelf.take(message, from, handle)
    if (message.type === 'guard-ask') send(from.worker, this.counters.answer(message))
    if (message.type === 'rates') {
      for (const member of this.members.values()) if (member !== from) send(member.worker, message)
    }
    if (message.type === 'canary') this.options.onCanary(message.attack, message.stopped)
    if (message.type === 'tested') {
      this.tests.get(message.id)?.(message)
    }
  }

  /** Drains a worker; resolves when it is gone. */
  private leave(member: Member, patient = true): Promise<void> {
    if (isDead(member.worker)) return Promise.resolve()
    const left = new Promise<void>((resolve) => member.worker.once('exit', () => resolve()))
    if (!member.leaving) {
      member.leaving = true
      this.watch.forget(member)
      send(member.worker, { type: 'drain', patient })
      const timeoutMs = patient ? handOverTimeoutMs : leaveTimeoutMs
      setTimeout(() => member.worker.kill('SIGKILL'), timeoutMs).unref()
    }
    return left
  }

  /** A process that hangs hears no order to leave, and keeps its connections until it is gone. */
  private endHanging(member: Member, silentMs: number): void {
    member.ended = `no sign of life for ${(silentMs / 1000).toFixed(1)} s`
    this.options.log.error('worker-hangs', { slot: member.slot, silentMs: Math.round(silentMs) })
    member.worker.kill('SIGKILL')
  }

  private gone(member: Member, signal: string): void {
    const why = member.ended === '' ? signal : member.ended
    this.watch.forget(member)
    this.members.delete(member.id)
    this.shelf.left(member)
    if (member.leaving || !member.ready || this.stopping) return
    this.options.log.error('worker-died', { slot: member.slot, why })
    const quick = performance.now() - member.startedAt < quickDeathMs
    this.quickDeaths = quick ? this.quickDeaths + 1 : 0
    const pause = quick ? Math.min(longestPauseMs, 100 * 2 ** this.quickDeaths) : 0
    this.options.onReplaced(member.slot, why)
    setTimeout(() => this.replace(member.slot), pause)
  }

  private replace(slot: string): void {
    if (this.stopping) return
    this.fork(slot).catch((error: unknown) => {
      this.options.log.error('worker-not-replaced', { error })
      this.quickDeaths += 1
      setTimeout(() => this.replace(slot), Math.min(longestPauseMs, 100 * 2 ** this.quickDeaths))
    })
  }
}

function problemText(details: unknown): string {
  return isJsonObject(details) && Array.isArray(details['problems'])
    ? details['problems'].join('; ')
    : 'unknown'
}

function isDead({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** Sends; a worker that dies at this moment is noticed by its exit. */
function send(worker: ChildProcess, message: PrimaryMessage, handle: SocketHandle | null = null): void {
  const sent = handle === null ? undefined : sendable(handle)
  if (worker.connected) worker.send(message, sent, {}, (_error: Error | null) => undefined)
}
