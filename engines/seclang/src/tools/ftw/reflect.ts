import { Buffer } from 'node:buffer'

import type { HttpRequest } from './read-http.ts'

/** Answer of the back end that CRS tests are written for. */
export interface Reflected {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
}

const empty: Reflected = { status: 200, headers: ['Content-Length', '0'], body: '' }

/** Answers as the test back end does: empty 200, or for `POST /reflect` what the request's JSON asks for. */
export function reflect(request: HttpRequest): Reflected {
  if (request.method !== 'POST' || !/^\/reflect\/?(?:\?|$)/.test(request.target)) return empty
  const wish = readWish(request.body)
  if (wish === null)
    return { status: 400, headers: ['Content-Type', 'text/plain'], body: 'Invalid JSON in request body' }
  const status = typeof wish['status'] === 'number' ? wish['status'] : 200
  if (status < 100 || status > 599)
    return { status: 400, headers: ['Content-Type', 'text/plain'], body: 'Invalid status' }
  const body = bodyOf(wish)
  const headers: string[] = []
  const wanted = wish['headers']
  if (typeof wanted === 'object' && wanted !== null) {
    for (const [name, value] of Object.entries(wanted)) headers.push(name, String(value))
  }
  const hasType = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-type')
  if (!hasType && body !== '') headers.push('Content-Type', sniffType(body))
  return { status, headers, body }
}

function readWish(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body, 'latin1').toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

function bodyOf(wish: Readonly<Record<string, unknown>>): string {
  const { body, encodedBody } = wish as { body?: unknown; encodedBody?: unknown }
  if (typeof body === 'string' && body !== '') return Buffer.from(body, 'utf8').toString('latin1')
  return typeof encodedBody === 'string' ? Buffer.from(encodedBody, 'base64').toString('latin1') : ''
}

// The test back end's server names a type where none is given; response rules look at text types only.
function sniffType(body: string): string {
  const start = body.slice(0, 512).trimStart().toLowerCase()
  if (
    /^<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[\s>]/.test(
      start,
    )
  ) {
    return 'text/html; charset=utf-8'
  }
  if (start.startsWith('<?xml')) return 'text/xml; charset=utf-8'
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(body.slice(0, 512))
    ? 'application/octet-stream'
    : 'text/plain; charset=utf-8'
}
