import type { RequestHead } from '../http/request-head.ts'
import { noLength } from '../http/request-head.ts'

/** How the request's body is framed towards the upstream. */
export interface ForwardFraming {
  /** Content-Length, or `noLength` for chunked or none. */
  readonly length: number
  readonly chunked: boolean
}

/** What the edge adds. */
export interface ForwardFacts {
  readonly id: string
  /** Host of a request that named none. */
  readonly authority: string
  /** Lines about the client. */
  readonly forwarded: string
}

/**
 * Writes the request head for the upstream anew from its parsed parts: one Host, one framing header, forwarding
 * headers of our own, nothing of the client's that belongs to its hop. Hot.
 */
export function forwardHead(head: RequestHead, framing: ForwardFraming, facts: ForwardFacts): string {
  const host = head.host === null ? facts.authority : head.host.authority
  let text = `${head.method} ${head.target} HTTP/1.1\r\nHost: ${host}\r\n${head.fields}${facts.forwarded}X-Forwarded-Host: ${host}\r\nX-Request-Id: ${facts.id}\r\nX-Sevenfold-Trace: ${facts.id}\r\n`
  if (framing.chunked) text += 'Transfer-Encoding: chunked\r\n'
  else if (framing.length !== noLength) text += `Content-Length: ${framing.length}\r\n`
  if (head.upgrade) text += 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
  return `${text}\r\n`
}
