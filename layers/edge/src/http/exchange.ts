import type { Buffer } from 'node:buffer'
import type { ListenOptions } from '../listen/listen-options.ts'
import type { Refusal } from './refusal.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'

/** The two ends of a client connection. Addresses are text; IPv4 is never written as IPv6. */
export interface Peer {
  readonly address: string
  readonly port: number
  readonly localAddress: string
  readonly localPort: number
  /** Where it was taken: `Listening.id`. */
  readonly listener: number
  /** What the TLS handshake told; null on a plain connection. */
  readonly tls: TlsFacts | null
  /** A place for the handler to keep what it worked out about this connection. */
  note: unknown
}

/** What is known of an encrypted connection. */
export interface TlsFacts {
  /** Fingerprint of the ClientHello; empty when it could not be read. */
  readonly ja4: string
  /** Agreed by ALPN. */
  readonly protocol: 'h2' | 'http/1.1'
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly version: string
  readonly cipher: string
  /** Name that the client asked for, lower case; empty when none. */
  readonly serverName: string
  /** Name of the site whose certificate was shown. */
  readonly site: string
  /** Subject of the client's verified certificate; empty when it showed none. */
  readonly clientSubject: string
}

/** What a handler learns about its request after it got the head. */
export interface ExchangeListener {
  /** A piece of the body; the bytes stay valid. */
  requestBody(piece: Buffer): void
  /** The body is complete. Not called for a request without body, nor after `aborted`. */
  requestEnd(): void
  /** The rest of the message was refused: gives the engine the answer and lets go of what it holds. */
  refused(refusal: Refusal): RefusalAnswer
  /** The client left, or the connection was ended: the handler lets go of what it holds. */
  aborted(): void
  /** The client took everything that waited for it; `write` may go on. */
  drained(): void
}

/** One request and its answer, on whatever protocol. */
export interface Exchange {
  readonly head: RequestHead
  readonly peer: Peer
  /** Set by the handler before it returns from `request`. */
  listener: ExchangeListener
  /** Lets the body flow into the listener; until then nothing of it is read. Also goes on after `pauseRequest`. */
  resumeRequest(): void
  pauseRequest(): void
  /** Sends `100 Continue` when the client waits for it. */
  sendContinue(): void
  /**
   * Sends the head and the first piece of the answer. With `ended` the answer is complete.
   * @returns false when bytes wait for the client: stop until `drained`. The piece's memory must not be reused then.
   */
  respond(head: ResponseHead, piece: Buffer | null, ended: boolean): boolean
  /** Sends a further piece; as `respond`. */
  write(piece: Buffer | null, ended: boolean): boolean
  /** Answers 101 and joins the connection to the listener: bytes come as `requestBody`, `write` sends. */
  switchProtocols(fields: string): void
  /** Ends the connection without a (further) answer. */
  destroy(): void
}

/** What the engine serves. */
export interface RequestHandler {
  /** A request whose head is well-formed. */
  request(exchange: Exchange): void
  /**
   * A head was refused. Returns the answer's head lines and body; the engine sends them and closes.
   */
  refused(peer: Peer, refusal: Refusal): RefusalAnswer
  /** A connection over `connections` or `connectionsPerAddress` was closed at once. */
  overLimit(address: string): void
  /** True when the peer may open more than `connectionsPerAddress` connections: it speaks for many clients. */
  isProxy(address: string): boolean
}

/** What a client gets with a refusal. */
export interface RefusalAnswer {
  readonly fields: string
  readonly body: string
}

/** Where an engine listens. */
export interface Listening {
  /** Number of the listener in its engine, from 1. */
  readonly id: number
  /** Address, or empty for a Unix socket. */
  readonly host: string
  /** Port, or 0 for a Unix socket. */
  readonly port: number
  /** Path of a Unix socket. */
  readonly path?: string
}

/** A server of HTTP: the pipeline knows nothing of sockets or versions of the protocol. */
export interface HttpEngine {
  /** Starts to listen; rejects when the address is taken. Port 0 takes a free one. */
  listen(options: ListenOptions): Promise<Listening>
  /** Open client connections. */
  readonly connections: number
  /**
   * Stops listening, gives running exchanges `graceMs`, then ends them. Idle connections end at once, or, with
   * `patient`, when no request came for a while: another process takes over, and a request may be under way.
   */
  close(graceMs: number, patient?: boolean): Promise<void>
}
