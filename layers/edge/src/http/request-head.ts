import type { HostValue } from './host.ts'

/** `RequestHead.contentLength` of a request without Content-Length. */
export const noLength = -1

/** A request head that passed the strict parser. */
export interface RequestHead {
  /** One of the supported methods, upper case. */
  readonly method: string
  /** Origin-form, or `*` for OPTIONS; an absolute-form target was reduced after its host agreed with Host. */
  readonly target: string
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  readonly minorVersion: 0 | 1
  /** What the client spoke; HTTP/2 counts as minor version 1. */
  readonly protocol: '1.0' | '1.1' | '2'
  /** Null only for HTTP/1.0 without Host. */
  readonly host: HostValue | null
  /** Bytes, or `noLength`. */
  readonly contentLength: number
  readonly chunked: boolean
  /** False when the connection ends after the answer. */
  readonly keepAlive: boolean
  /** True for a well-formed WebSocket upgrade. */
  readonly upgrade: boolean
  readonly expectContinue: boolean
  /**
   * Header lines to pass on, each ended by CR LF, in normal form: without Host, framing, hop-by-hop and forwarding
   * headers.
   */
  readonly fields: string
  readonly userAgent: string
  readonly referer: string
  /** Values of all X-Forwarded-For headers, joined; believed only from a declared proxy. */
  readonly forwardedFor: string
  /** Mark of a canary; checked only after the verdict. */
  readonly canary: string
  /** Removed header lines about where the client comes from or wants to go, as `fields`; nearly always empty. */
  readonly claims: string
  /** The head as received, without the empty line; `listHeaders` reads it. */
  readonly text: string
}

/** True when a body follows the head. */
export function hasBody(head: RequestHead): boolean {
  return head.chunked || head.contentLength > 0
}
