import type { UpstreamListener } from './upstream-listener.ts'

/** Where the requests of a site go: one service, several, or nobody. */
export interface Upstreams {
  /**
   * Calls `upstreamReady` with a connection, or `upstreamFailed`.
   * @param again true for another try: never an idle connection, and another service where there is one.
   */
  acquire(listener: UpstreamListener, again?: boolean): void
  /** Takes back a listener that still waits. */
  cancel(listener: UpstreamListener): void
  /** Requests under way and waiting. */
  readonly running: number
  /** Open connections. */
  readonly connections: number
  /** Closes everything; running requests fail. */
  close(): void
}
