import { AnswerWeights } from './answer-weights.ts'
import { bulkReading } from './reading-pace.ts'
import { UpstreamConnection } from './upstream-connection.ts'
import type { Load, UpstreamOwner } from './upstream-connection.ts'
import { upstreamFailure } from './upstream-failure.ts'
import { keptForLight, maxBehindLarge, pressureMs } from './upstream-limits.ts'
import type { UpstreamLimits } from './upstream-limits.ts'
import type { UpstreamListener } from './upstream-listener.ts'
import type { TargetHealth } from './target-health.ts'
import type { UpstreamTls } from './upstream-tls.ts'
import type { Upstreams } from './upstreams.ts'
import { WaitingLine } from './waiting-line.ts'

/** What a pool needs. */
export interface PoolOptions {
  readonly host: string
  readonly port: number
  /** Unix socket of the service instead of host and port; without TLS. */
  readonly path?: string
  readonly limits: UpstreamLimits
  readonly monotonicMs: () => number
  /** TLS towards the service; absent: none. */
  readonly tls?: UpstreamTls
  /** Hears what becomes of requests. */
  readonly health?: TargetHealth
  /** True when this address and port is a listener of ours: proxying to it would loop or bypass its checks. */
  readonly isOwnListener?: (address: string, port: number, local: string) => boolean
}

const sweepMs = 500
/** Time that one turn may spend with deadlines, milliseconds: hundreds of them can end at once. */
const sweepSliceMs = 0.5

/**
 * Keep-alive connections to one upstream. The last one used goes first, so that surplus ones fall idle and close;
 * requests over `upstreamConnections` wait. A share of the connections is for requests whose answers are known to be
 * small and taken at once: slow readers of large answers can hold all others and do not stand in their way.
 */
export class UpstreamPool implements Upstreams, UpstreamOwner {
  readonly host: string
  readonly port: number
  readonly path: string | null
  readonly limits: UpstreamLimits
  readonly tls: UpstreamTls | null
  readonly health: TargetHealth | null
  now: number
  private readonly monotonicMs: () => number
  private readonly ownListener: (address: string, port: number, local: string) => boolean
  private readonly idle: UpstreamConnection[] = []
  private readonly all = new Set<UpstreamConnection>()
  private readonly weights = new AnswerWeights()
  private readonly light = new WaitingLine({ newestFirst: false })
  private readonly heavy = new WaitingLine({ newestFirst: true })
  /** Connections with a request whose answer may be large, and the most of them. */
  private heavyRunning = 0
  /** Those of them whose answer is large, or not taken by its client. */
  private largeRunning = 0
  private readonly heavyMost: number
  private closing = false
  private readonly sweeper: NodeJS.Timeout
  /** When a request waited last. */
  private waitedAt = Number.NEGATIVE_INFINITY
  private sweeping: Iterator<UpstreamConnection> | null = null

  constructor(options: PoolOptions) {
    this.host = options.host
    this.port = options.port
    this.path = options.path ?? null
    this.limits = options.limits
    const { upstreamConnections } = options.limits
    this.heavyMost = upstreamConnections - Math.floor(upstreamConnections * keptForLight)
    this.tls = options.tls ?? null
    this.health = options.health ?? null
    this.monotonicMs = options.monotonicMs
    this.ownListener = options.isOwnListener ?? (() => false)
    this.now = options.monotonicMs()
    this.sweeper = setInterval(() => this.sweep(), sweepMs)
    this.sweeper.unref()
  }

  get pressed(): boolean {
    return this.now - this.waitedAt < pressureMs
  }

  get running(): number {
    return this.all.size - this.idle.length + this.light.length + this.heavy.length
  }

  /** Open connections. */
  get connections(): number {
    return this.all.size
  }

  /**
   * Calls `upstreamReady` with a connection: at once when one is idle, else when one is open or free.
   * @param fresh true: never an idle one (retry after an idle connection turned out to be closed).
   */
  acquire(listener: UpstreamListener, fresh = false): void {
    const key = this.weights.keyOf(listener.target)
    const light = this.weights.isLight(key, this.now)
    if (!light && this.heavyRunning >= this.heavyMost) {
      this.wait(listener, key, this.heavy)
      return
    }
    const load = { key, light, large: false }
    const free = fresh ? undefined : this.idle.pop()
    if (free !== undefined) this.give(free, listener, load)
    else if (this.all.size < this.limits.upstreamConnections) this.open(listener, load)
    else this.wait(listener, key, light ? this.light : this.heavy)
  }

  isJammed(target: string): boolean {
    if (this.heavy.length < maxBehindLarge || this.largeRunning * 2 <= this.heavyMost) return false
    return !this.weights.isLight(this.weights.keyOf(target), this.now)
  }

  /** Takes a listener that still waits out of the queue. */
  cancel(listener: UpstreamListener): void {
    this.light.remove(listener)
    this.heavy.remove(listener)
  }

  answered(key: number): void {
    this.weights.wasLight(key)
  }

  turnedHeavy({ key, light }: Load): Load {
    this.weights.wasHeavy(key, this.now)
    if (light) this.heavyRunning += 1
    this.largeRunning += 1
    return { key, light: false, large: true }
  }

  isOwnListener(address: string, port: number, local: string): boolean {
    return this.ownListener(address, port, local)
  }

  released(connection: UpstreamConnection): void {
    this.unload(connection)
    const next = this.nextWaiting()
    if (next === undefined) {
      connection.idleUntil =
        this.now + Math.min(this.limits.upstreamKeepAliveTimeoutMs, connection.announcedIdleMs)
      this.idle.push(connection)
    } else this.give(connection, next.listener, next.load)
  }

  closed(connection: UpstreamConnection): void {
    this.all.delete(connection)
    const at = this.idle.indexOf(connection)
    if (at >= 0) this.idle.splice(at, 1)
    this.unload(connection)
    const next = this.closing ? undefined : this.nextWaiting()
    if (next !== undefined) this.open(next.listener, next.load)
  }

  private unload(connection: UpstreamConnection): void {
    const { load } = connection
    if (load?.light === false) this.heavyRunning -= 1
    if (load?.large === true) this.largeRunning -= 1
    connection.load = null
  }

  private nextWaiting(): { readonly listener: UpstreamListener; readonly load: Load } | undefined {
    const first = this.light.next()
    if (first !== undefined)
      return { listener: first.listener, load: { key: first.key, light: true, large: false } }
    const next = this.heavyRunning < this.heavyMost ? this.heavy.next() : undefined
    if (next === undefined) return undefined
    return { listener: next.listener, load: { key: next.key, light: false, large: false } }
  }

  /** Waiting counts as connecting: slow readers that hold all connections must not hold up everybody else for ever. */
  private wait(listener: UpstreamListener, key: number, line: WaitingLine): void {
    this.someoneWaits()
    if (line.add({ listener, key, deadline: this.now + this.limits.upstreamConnectTimeoutMs })) return
    listener.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_BUSY', 'too many requests wait'))
  }

  private someoneWaits(): void {
    this.waitedAt = this.now
    bulkReading.crowded()
  }

  private open(listener: UpstreamListener, load: Load): void {
    const connection = new UpstreamConnection(this)
    this.all.add(connection)
    this.give(connection, listener, load)
  }

  private give(connection: UpstreamConnection, listener: UpstreamListener, load: Load): void {
    connection.load = load
    if (!load.light) this.heavyRunning += 1
    connection.assign(listener)
  }

  /** Closes all connections; running requests fail. */
  close(): void {
    clearInterval(this.sweeper)
    this.sweeping = null
    this.closing = true
    for (const listener of [...this.light.empty(), ...this.heavy.empty()])
      listener.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_BUSY', 'stopping'))
    for (const connection of this.all) connection.destroy()
    this.all.clear()
    this.idle.length = 0
  }

  private sweep(): void {
    this.now = this.monotonicMs()
    // The oldest lie at the bottom of the stack.
    while ((this.idle[0]?.idleUntil ?? Number.POSITIVE_INFINITY) <= this.now) this.idle.shift()?.destroy()
    if (this.light.length + this.heavy.length > 0) this.someoneWaits()
    if (this.sweeping !== null) return
    this.sweeping = this.all.values()
    this.sweepSome()
  }

  /** Looks at deadlines for a moment; the rest is looked at in the next turn, after whatever came in. */
  private readonly sweepSome = (): void => {
    const until = this.monotonicMs() + sweepSliceMs
    for (let more = true; more; more = this.sweepOne()) {
      if (this.monotonicMs() < until) continue
      setImmediate(this.sweepSome)
      return
    }
    this.sweeping = null
  }

  /** False when nothing is left to look at. */
  private sweepOne(): boolean {
    const connection = this.sweeping?.next()
    if (connection !== undefined && connection.done !== true) {
      connection.value.sweep(this.now)
      return true
    }
    const late = this.light.nextExpired(this.now) ?? this.heavy.nextExpired(this.now)
    late?.listener.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_BUSY', 'no connection was free in time'))
    return late !== undefined
  }
}
