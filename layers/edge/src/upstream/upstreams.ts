import type { UpstreamListener } from './upstream-listener.ts'

/** Where the requests of a site go: one service, several, or nobody. */
export interface Upstreams {
  /**
   * Calls `upstreamReady` with a connection, or `upstreamFailed`.
   * @param again true for another try: never an idle connection, and another service where there is one.
   */
  acquire(listener: UpstreamListener, again?: boolean): void
  /**
   * True when a request would wait in a line that does not move: large answers, often of clients that take nothing, hold
   * the connections, and many wait already. Not for paths whose answers are known to be small. Hot.
   */
  isJammed(target: string): boolean
  /** Takes back a listener that still waits. */
  cancel(listener: UpstreamListener): void
  /** Requests under way and waiting. */
  readonly running: number
  /** Open connections. */
  readonly connections: number
  /** Closes everything; running requests fail. */
  close(): void
}
