import type { Buffer } from 'node:buffer'
import type { UpstreamHead } from '../http/response-head.ts'
import type { TargetHealth } from './target-health.ts'
import { upstreamFailure } from './upstream-failure.ts'
import type { UpstreamListener, UpstreamWriter } from './upstream-listener.ts'
import type { Upstreams } from './upstreams.ts'

/** One service of a group. */
export interface Target {
  /** Host of a check's request. */
  readonly authority: string
  readonly pool: Upstreams
  /** Fed by the pool; asked here. */
  readonly health: TargetHealth
}

/** Checks that need no request of a client. */
export interface ActiveCheck {
  readonly path: string
  readonly intervalMs: number
}

/** What a group is made of. */
export interface GroupOptions {
  /** At least one. */
  readonly targets: readonly Target[]
  readonly balance: 'round-robin' | 'least-connections'
  readonly check: ActiveCheck | null
  readonly monotonicMs: () => number
}

/**
 * Services that give the same answers, often only one. Requests go to them in turn, or to the one with the fewest
 * running; one that failed several times in a row, or whose checks fail, is left alone.
 */
export class UpstreamGroup implements Upstreams {
  private readonly options: GroupOptions
  private readonly checks: NodeJS.Timeout | null
  private turn = 0

  constructor(options: GroupOptions) {
    this.options = options
    const { check, targets } = options
    this.checks =
      check === null
        ? null
        : setInterval(() => targets.forEach((target) => this.check(target, check)), check.intervalMs)
    this.checks?.unref()
  }

  get running(): number {
    return this.options.targets.reduce((sum, { pool }) => sum + pool.running, 0)
  }

  get connections(): number {
    return this.options.targets.reduce((sum, { pool }) => sum + pool.connections, 0)
  }

  /** Hot: guarded by bench/edge. */
  acquire(listener: UpstreamListener, again = false): void {
    const target = this.choose(again)
    if (target === null) {
      listener.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_DOWN', 'every service is left alone for now'))
      return
    }
    target.health.chosen()
    target.pool.acquire(listener, again)
  }

  isJammed(target: string): boolean {
    return this.options.targets.every(({ pool }) => pool.isJammed(target))
  }

  cancel(listener: UpstreamListener): void {
    for (const { pool } of this.options.targets) pool.cancel(listener)
  }

  close(): void {
    if (this.checks !== null) clearInterval(this.checks)
    for (const { pool } of this.options.targets) pool.close()
  }

  private choose(again: boolean): Target | null {
    const { targets, balance } = this.options
    const inTurn = balance === 'round-robin' && !again
    let best: Target | null = null
    for (let i = 0; i < targets.length; i += 1) {
      const target = targets[(this.turn + i) % targets.length]
      if (target === undefined || !this.isUsable(target)) continue
      if (best === null || this.isBetter(target, best, again)) best = target
      if (inTurn) break
    }
    if (best !== null && targets.length > 1) this.turn = (targets.indexOf(best) + 1) % targets.length
    return best
  }

  /** The clock is read only for a service that failed lately. */
  private isUsable({ health }: Target): boolean {
    return health.quiet || health.usable(this.options.monotonicMs())
  }

  private isBetter(one: Target, other: Target, again: boolean): boolean {
    // Another try goes where the last one did not fail.
    if (again && one.health.row !== other.health.row) return one.health.row < other.health.row
    return this.options.balance === 'least-connections' && one.pool.running < other.pool.running
  }

  private check({ pool, authority, health }: Target, { path }: ActiveCheck): void {
    pool.acquire(new CheckListener(path, authority, (good) => health.checked(good)), true)
  }
}

const healthyBelow = 500

/** One active check: a GET whose answer must be below 500. Its body is thrown away. */
class CheckListener implements UpstreamListener {
  readonly target: string
  private readonly authority: string
  private readonly done: (good: boolean) => void
  private connection: UpstreamWriter | null = null

  constructor(path: string, authority: string, done: (good: boolean) => void) {
    this.target = path
    this.authority = authority
    this.done = done
  }

  upstreamReady(connection: UpstreamWriter): void {
    this.connection = connection
    const text = `GET ${this.target} HTTP/1.1\r\nHost: ${this.authority}\r\nUser-Agent: sevenfold-health\r\n\r\n`
    connection.send('GET', false, text, null, true)
  }

  answerHead(head: UpstreamHead, _piece: Buffer | null, ended: boolean): boolean {
    this.done(head.status < healthyBelow)
    // The body of a check is of no interest, and may be endless.
    if (!ended) this.connection?.destroy()
    return true
  }

  answerBody(): boolean {
    return true
  }

  upstreamDrained(): void {
    // One small head always fits.
  }

  upstreamFailed(): void {
    this.done(false)
  }
}
