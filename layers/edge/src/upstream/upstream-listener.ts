import type { Buffer } from 'node:buffer'
import type { UpstreamHead } from '../http/response-head.ts'
import type { UpstreamFailure } from './upstream-failure.ts'

/** The writing side of a connection to an upstream. */
export interface UpstreamWriter {
  /**
   * Sends the head, and the body or its first piece. `ended`: the request is complete.
   * @param upgrading true when a 101 answer is wanted.
   */
  send(method: string, upgrading: boolean, text: string, piece: Buffer | null, ended: boolean): boolean
  /** Sends a further piece between chunk framing. False: bytes wait, `upstreamDrained` follows. */
  write(prefix: string, piece: Buffer | null, suffix: string, ended: boolean): boolean
  /** Goes on reading after a listener returned false. */
  resumeAnswer(): void
  /** Lets go of the request and closes the connection; the listener hears nothing more. */
  destroy(): void
}

/** Receives one answer. Pieces are views of a receive buffer: valid only during the call, unless it returns false. */
export interface UpstreamListener {
  /** Target of the request: how large its answer will be is guessed by what it was before. */
  readonly target: string
  /** A connection is there: send the request. */
  upstreamReady(connection: UpstreamWriter): void
  /**
   * The head and the first piece of the body; with `ended` the answer is complete.
   * @returns false when the piece is still in use: the connection stops reading until `resumeAnswer`.
   */
  answerHead(head: UpstreamHead, piece: Buffer | null, ended: boolean): boolean
  /** A further piece; as `answerHead`. */
  answerBody(piece: Buffer | null, ended: boolean): boolean
  /** Everything written so far was taken by the kernel. */
  upstreamDrained(): void
  /** No (further) answer comes. The connection is gone. */
  upstreamFailed(failure: UpstreamFailure): void
}
