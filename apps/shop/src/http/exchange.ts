import type { IncomingHttpHeaders } from 'node:http'
import type { Session } from '../state/session.ts'

/** One request, read whole, with what the shop knows about it. */
export interface Exchange {
  readonly method: string
  /** Path as it came, not decoded, without query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly cookies: ReadonlyMap<string, string>
  /** Parts of the path that the route names, decoded once. */
  readonly params: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly peer: string
  readonly trace: string
  readonly requestId: string
  /** The visitor's session; made on first use and sent back as a cookie. */
  readonly session: Session
}

/** The body as UTF-8; invalid bytes become U+FFFD. */
export function bodyText(exchange: Exchange): string {
  return Buffer.from(exchange.body.buffer, exchange.body.byteOffset, exchange.body.byteLength).toString(
    'utf8',
  )
}

/** The body as a form. Every other type of body gives an empty form. */
export function formOf(exchange: Exchange): URLSearchParams {
  const type = exchange.headers['content-type'] ?? ''
  return new URLSearchParams(type.startsWith('application/x-www-form-urlencoded') ? bodyText(exchange) : '')
}

/** The body as a JSON object; undefined when it is none. */
export function jsonOf(exchange: Exchange): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bodyText(exchange))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown>
  } catch {
    return undefined
  }
}
