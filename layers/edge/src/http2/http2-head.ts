import { randomBytes } from 'node:crypto'
import { parseListedHead } from '../http/head-of-list.ts'
import type { HttpLimits } from '../http/limits.ts'
import { refusals } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import { noLength } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'

/**
 * Head of an HTTP/2 request as the pipeline knows heads (RFC 9113 section 8.3): `:authority` becomes Host, the crumbs
 * of Cookie are joined (section 8.2.3), a body without declared length counts as chunked. It goes through the same
 * strict parser as HTTP/1.1. CONNECT with `:protocol: websocket` (RFC 8441) becomes the upgrade that HTTP/1.1 knows, with a
 * key of ours.
 * @param raw names and values alternating, as received.
 * @param ended true when no body follows.
 */
export function parseHttp2Head(
  raw: readonly string[],
  ended: boolean,
  limits: HttpLimits,
): RequestHead | Refusal {
  const pseudo = new Map<string, string>()
  const headers: string[] = []
  const hosts: string[] = []
  let cookie = ''
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    const value = raw[i + 1] ?? ''
    if (name.startsWith(':')) pseudo.set(name, value)
    else if (name === 'host') hosts.push(value)
    else if (name === 'cookie') cookie = cookie === '' ? value : `${cookie}; ${value}`
    else headers.push(name, value)
  }
  const authority = pseudo.get(':authority')
  // RFC 9113 section 8.3.1: a Host beside :authority must say the same.
  if (hosts.length > 1) return refusals.EDGE_HOST
  if (authority !== undefined && hosts.length === 1 && hosts[0] !== authority)
    return refusals.EDGE_HOST_MISMATCH
  const host = authority ?? hosts[0]
  if (host !== undefined) headers.unshift('Host', host)
  if (cookie !== '') headers.push('cookie', cookie)
  const protocol = pseudo.get(':protocol')
  if (protocol !== undefined) {
    const fits = protocol === 'websocket' && pseudo.get(':method') === 'CONNECT' && !ended
    if (!fits || headers.includes('sec-websocket-key')) return refusals.EDGE_UPGRADE
    headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket')
    headers.push('Sec-WebSocket-Key', randomBytes(16).toString('base64'))
  }
  const head = parseListedHead(
    {
      method: protocol === undefined ? (pseudo.get(':method') ?? '') : 'GET',
      target: pseudo.get(':path') ?? '',
      headers,
      minorVersion: 1,
    },
    limits,
  )
  if ('refused' in head) return head
  if (head.chunked) return refusals.EDGE_TRANSFER_ENCODING
  const streamed = !ended && !head.upgrade && head.contentLength === noLength
  return { ...head, protocol: '2', keepAlive: true, chunked: streamed }
}
