import type { Socket } from 'node:net'
import type { Peer, RequestHandler } from '../http/exchange.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { Newcomers } from './newcomers.ts'

/** What a connection shares with its engine. */
export interface ConnectionHost {
  readonly limits: HttpLimits
  readonly handler: RequestHandler
  /** Coarse monotonic milliseconds, as of the last sweep. */
  readonly now: number
  /** True once the engine drains: no connection is kept open after its answer. */
  readonly closing: boolean
  /** First requests of connections go through here. */
  readonly newcomers: Newcomers
}

/** A client connection as its engine watches it. */
export interface Served {
  /** Looks at all deadlines. */
  sweep(): void
  /** Ends the connection when no request runs and none came for `idleMs`; used when the engine drains. */
  endIdle(idleMs: number): void
  /** Ends the connection at once. */
  destroy(): void
}

/** Serves HTTP on a connection that is ready for it: past PROXY header and TLS handshake. */
export type Serve = (socket: Socket, peer: Peer, host: ConnectionHost) => Served
