import type { IncomingMessage } from 'node:http'
import { OutboundError } from '../error.ts'
import { readTarget } from './target.ts'

/** A request that may be sent on to another place. */
export interface Hop {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

const redirects = new Set([301, 302, 303, 307, 308])

/** Headers that may follow to another host; everything else may be or name a credential. */
const impersonal = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'user-agent',
  'if-none-match',
  'if-modified-since',
])

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => impersonal.has(name)))
}

/**
 * Where an answer sends the request next, or undefined when it is the last. Header names must be lower case.
 * Method rules: Fetch standard, HTTP-redirect fetch, step 12.
 * @throws OutboundError OUTBOUND_REDIRECT from https to http, and when a body would go to another host; OUTBOUND_URL.
 */
export function nextHop(hop: Hop, answer: IncomingMessage): Hop | undefined {
  const { statusCode = 0, headers } = answer
  if (!redirects.has(statusCode) || headers.location === undefined) return undefined
  const url = readTarget(headers.location, hop.url)
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new OutboundError('OUTBOUND_REDIRECT', `${hop.url.host} sends on from https to http`)
  }
  const sameOrigin = url.origin === hop.url.origin
  const toGet = statusCode === 303 ? hop.method !== 'HEAD' : statusCode < 303 && hop.method === 'POST'
  if (!toGet && hop.body !== undefined && !sameOrigin) {
    throw new OutboundError('OUTBOUND_REDIRECT', `${hop.url.host} sends a body on to another host`)
  }
  const kept = sameOrigin ? { ...hop.headers } : withoutCredentials(hop.headers)
  if (!toGet) return { url, method: hop.method, headers: kept, body: hop.body }
  // What describes the body goes with it; a length without a body would leave the other side waiting.
  const bare = Object.fromEntries(Object.entries(kept).filter(([name]) => !name.startsWith('content-')))
  return { url, method: 'GET', headers: bare, body: undefined }
}
