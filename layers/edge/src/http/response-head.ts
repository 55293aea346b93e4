/** Head of an answer: parsed from an upstream, or made here. The engine adds framing and connection headers. */
export interface ResponseHead {
  readonly status: number
  readonly reason: string
  /** Header lines, each ended by CR LF, without framing and hop-by-hop headers. */
  readonly fields: string
  /** Declared Content-Length or `noLength`. */
  readonly contentLength: number
  /** True: the client's connection ends after this answer. */
  readonly close?: boolean
}

/** The head of an answer as it came from an upstream. */
export interface UpstreamHead extends ResponseHead {
  readonly chunked: boolean
  /** True when the connection may serve another request. */
  readonly keepAlive: boolean
  /** Seconds of the upstream's `Keep-Alive: timeout=`, or −1. */
  readonly keepAliveSeconds: number
  /** True for 101 with `Upgrade: websocket`. */
  readonly upgrade: boolean
  readonly minorVersion: 0 | 1
  /** The head as received, without the empty line. */
  readonly text: string
}

/** True when an answer has no body whatever its headers say (RFC 9112 section 6.3, rule 1). */
export function isBodyless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304 || status < 200
}

/** A head with a known length and no other facts. */
export function plainHead(
  status: number,
  reason: string,
  fields: string,
  contentLength: number,
): ResponseHead {
  return { status, reason, fields, contentLength }
}
