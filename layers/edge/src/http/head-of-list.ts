import type { HttpLimits } from './limits.ts'
import { parseRequestHead } from './parse-request-head.ts'
import { refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import type { RequestHead } from './request-head.ts'

/** A request as another parser took it apart. */
export interface ListedHead {
  readonly method: string
  readonly target: string
  /** Names and values alternating, in wire order, as byte strings. */
  readonly headers: readonly string[]
  readonly minorVersion: 0 | 1
}

const lineBreak = /[\r\n\0]/

/**
 * Brings a head that another parser read (HTTP/2, node:http) before our own strict parser, so that every engine
 * refuses the same. A line break inside a part would make a header of its own here: it is refused first.
 */
export function parseListedHead(listed: ListedHead, limits: HttpLimits): RequestHead | Refusal {
  const { method, target, headers, minorVersion } = listed
  if (lineBreak.test(method) || lineBreak.test(target)) return refusals.EDGE_TARGET
  let text = `${method} ${target} HTTP/1.${minorVersion}\r\n`
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const line = `${headers[i] ?? ''}: ${headers[i + 1] ?? ''}`
    if (lineBreak.test(line)) return refusals.EDGE_HEADER_SYNTAX
    text += `${line}\r\n`
  }
  if (text.length + 2 > limits.headerSizeBytes) return refusals.EDGE_HEADERS_TOO_LARGE
  return parseRequestHead(text, limits)
}
