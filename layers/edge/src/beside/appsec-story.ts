import { isIP } from 'node:net'
import { parseListedHead } from '../http/head-of-list.ts'
import type { HttpLimits } from '../http/limits.ts'
import { refusals } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import { noLength } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'

/** Header names of the AppSec protocol, lower case. */
export const appsecHeaders = {
  ip: 'x-crowdsec-appsec-ip',
  uri: 'x-crowdsec-appsec-uri',
  host: 'x-crowdsec-appsec-host',
  verb: 'x-crowdsec-appsec-verb',
  key: 'x-crowdsec-appsec-api-key',
  userAgent: 'x-crowdsec-appsec-user-agent',
  version: 'x-crowdsec-appsec-http-version',
  transaction: 'x-crowdsec-appsec-transaction-id',
} as const

/** What a bouncer says of a request. */
export type AppsecStory =
  | { readonly kind: 'asked'; readonly head: RequestHead; readonly client: string }
  /** The bouncer left out, or garbled, what it has to say. */
  | { readonly kind: 'incomplete'; readonly header: string }
  /** The original request is malformed. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly client: string }

// Of the question itself, not of the request that is asked about.
const own = new Set(['host', 'connection', 'keep-alive', 'expect', 'upgrade', 'proxy-connection'])
const prefix = 'x-crowdsec-appsec-'

interface Told {
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly headers: readonly string[]
  readonly chunked: boolean
  readonly length: number
}

/** Parts of the story by header name, and the headers of the original. */
function tell(list: readonly string[]): Told {
  const values = new Map<string, string[]>()
  const headers: string[] = []
  let chunked = false
  let length: number = noLength
  for (let i = 0; i + 1 < list.length; i += 2) {
    const [written = '', value = ''] = [list[i], list[i + 1]]
    const name = written.toLowerCase()
    if (name.startsWith(prefix)) {
      const told = values.get(name)
      if (told === undefined) values.set(name, [value])
      else told.push(value)
    } else if (!own.has(name)) {
      if (name === 'transfer-encoding') chunked = true
      if (name === 'content-length') length = Number(value)
      headers.push(written, value)
    }
  }
  return { values, headers, chunked, length }
}

/** `::ffff:192.0.2.1` is written as IPv4: bans and limits know one spelling only. */
function addressOf(text: string): string {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 || address.includes('%') ? '' : address
}

/** All API keys that a question shows: a client may have written one of its own. */
export function shownKeys(list: readonly string[]): readonly string[] {
  return tell(list).values.get(appsecHeaders.key) ?? []
}

/** User agents that differ are both judged: one of them reaches the application. */
function agentLines(told: readonly string[], headers: readonly string[]): readonly string[] {
  const [agent] = told
  if (agent === undefined || agent === '') return []
  const isThere = headers.some((name, i) => name.toLowerCase() === 'user-agent' && headers[i + 1] === agent)
  return isThere ? [] : ['User-Agent', agent]
}

/**
 * The request that a question of a CrowdSec bouncer is about (AppSec protocol): its address, target, host and method
 * stand in headers of the protocol, everything else is copied. Judged as strictly as if it had come here itself.
 * @param list names and values alternating, as byte strings.
 */
export function appsecStory(list: readonly string[], limits: HttpLimits): AppsecStory {
  const { values, headers, chunked, length } = tell(list)
  const first = (name: string): string => values.get(name)?.[0] ?? ''
  const client = addressOf(first(appsecHeaders.ip))
  // Told twice: one of the two is the client's own.
  if ([...values.values()].some((told) => told.length > 1)) {
    return { kind: 'refused', refusal: refusals.EDGE_HEADER_REPEATED, client }
  }
  const version = first(appsecHeaders.version)
  const minorVersion = /^1\.?0$/.test(version) ? 0 : 1
  if (client === '') return { kind: 'incomplete', header: appsecHeaders.ip }
  for (const name of [appsecHeaders.uri, appsecHeaders.verb]) {
    if (first(name) === '') return { kind: 'incomplete', header: name }
  }
  const host = first(appsecHeaders.host)
  // Only HTTP/1.0 knows requests without host.
  if (host === '' && minorVersion === 1) return { kind: 'incomplete', header: appsecHeaders.host }
  const kept = minorVersion === 0 ? withoutEncoding(headers) : headers
  const agent = agentLines(values.get(appsecHeaders.userAgent) ?? [], headers)
  const head = parseListedHead(
    {
      method: first(appsecHeaders.verb),
      target: first(appsecHeaders.uri),
      headers: [...(host === '' ? [] : ['Host', host]), ...kept, ...agent],
      minorVersion,
    },
    limits,
  )
  if ('refused' in head) return { kind: 'refused', refusal: head, client }
  const protocol = /^[23]/.test(version) ? '2' : head.protocol
  return {
    kind: 'asked',
    client,
    head: { ...head, protocol, chunked, contentLength: chunked ? noLength : length, upgrade: false },
  }
}

/** The framing of the question is not that of an HTTP/1.0 request, which has no chunks. */
function withoutEncoding(headers: readonly string[]): readonly string[] {
  return headers.filter((_, i) => headers[i - (i % 2)]?.toLowerCase() !== 'transfer-encoding')
}
