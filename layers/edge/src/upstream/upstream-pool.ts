import { UpstreamConnection } from './upstream-connection.ts'
import type { UpstreamOwner } from './upstream-connection.ts'
import { upstreamFailure } from './upstream-failure.ts'
import { crowd, maxWaiting } from './upstream-limits.ts'
import type { UpstreamLimits } from './upstream-limits.ts'
import type { UpstreamListener } from './upstream-listener.ts'
import type { TargetHealth } from './target-health.ts'
import type { UpstreamTls } from './upstream-tls.ts'
import type { Upstreams } from './upstreams.ts'

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

interface Waiting {
  readonly listener: UpstreamListener
  readonly deadline: number
}

/**
 * Keep-alive connections to one upstream. The last one used goes first, so that surplus ones fall idle and close;
 * requests over `upstreamConnections` wait in order.
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
  private readonly queue: Waiting[] = []
  private closing = false
  private readonly sweeper: NodeJS.Timeout

  constructor(options: PoolOptions) {
    this.host = options.host
    this.port = options.port
    this.path = options.path ?? null
    this.limits = options.limits
    this.tls = options.tls ?? null
    this.health = options.health ?? null
    this.monotonicMs = options.monotonicMs
    this.ownListener = options.isOwnListener ?? (() => false)
    this.now = options.monotonicMs()
    this.sweeper = setInterval(() => this.sweep(), sweepMs)
    this.sweeper.unref()
  }

  get pressed(): boolean {
    return this.queue.length > 0
  }

  get running(): number {
    return this.all.size - this.idle.length + this.queue.length
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
    const free = fresh ? undefined : this.idle.pop()
    if (free !== undefined) free.assign(listener)
    else if (this.all.size < this.limits.upstreamConnections) this.open(listener)
    else if (this.queue.length < maxWaiting) this.queue.push(this.waiting(listener))
    else listener.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_BUSY', 'too many requests wait'))
  }

  /** Takes a listener that still waits out of the queue. */
  cancel(listener: UpstreamListener): void {
    if (this.queue.length === 0) return
    const at = this.queue.findIndex((waiting) => waiting.listener === listener)
    if (at >= 0) this.queue.splice(at, 1)
  }

  isOwnListener(address: string, port: number, local: string): boolean {
    return this.ownListener(address, port, local)
  }

  released(connection: UpstreamConnection): void {
    const next = this.nextWaiting()
    if (next === undefined) {
      connection.idleUntil =
        this.now + Math.min(this.limits.upstreamKeepAliveTimeoutMs, connection.announcedIdleMs)
      this.idle.push(connection)
    } else connection.assign(next.listener)
  }

  closed(connection: UpstreamConnection): void {
    this.all.delete(connection)
    const at = this.idle.indexOf(connection)
    if (at >= 0) this.idle.splice(at, 1)
    const next = this.closing ? undefined : this.nextWaiting()
    if (next !== undefined) this.open(next.listener)
  }

  /**
   * The request that gets a free connection. In a crowd the newest goes first: in a queue that is served in order
   * everybody waits for all who came before, and those who attack came first.
   */
  private nextWaiting(): Waiting | undefined {
    return this.queue.length > crowd ? this.queue.pop() : this.queue.shift()
  }

  /** Waiting counts as connecting: slow readers that hold all connections must not hold up everybody else for ever. */
  private waiting(listener: UpstreamListener): Waiting {
    return { listener, deadline: this.now + this.limits.upstreamConnectTimeoutMs }
  }

  private open(listener: UpstreamListener): void {
    const connection = new UpstreamConnection(this)
    this.all.add(connection)
    connection.assign(listener)
  }

  /** Closes all connections; running requests fail. */
  close(): void {
    clearInterval(this.sweeper)
    this.closing = true
    for (const { listener } of this.queue.splice(0))
      listener.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_BUSY', 'stopping'))
    for (const connection of this.all) connection.destroy()
    this.all.clear()
    this.idle.length = 0
  }

  private sweep(): void {
    this.now = this.monotonicMs()
    // The oldest lie at the bottom of the stack.
    while ((this.idle[0]?.idleUntil ?? Number.POSITIVE_INFINITY) <= this.now) this.idle.shift()?.destroy()
    for (const connection of this.all) connection.sweep(this.now)
    while ((this.queue[0]?.deadline ?? Number.POSITIVE_INFINITY) <= this.now) {
      this.queue
        .shift()
        ?.listener.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_BUSY', 'no connection was free in time'))
    }
  }
}
