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
/** What bouncers always write themselves: a client's own header of that name does not get past them. */
const written: ReadonlySet<string> = new Set([
  appsecHeaders.ip,
  appsecHeaders.uri,
  appsecHeaders.host,
  appsecHeaders.verb,
  appsecHeaders.key,
  appsecHeaders.userAgent,
])

/** Belongs to the protocol. What only looks like it may be the client's, and is judged as any header. */
function isTold(name: string, value: string): boolean {
  if (name === appsecHeaders.version) return /^\d(?:\.?\d)?$/.test(value)
  if (name === appsecHeaders.transaction) return /^[\w-]{1,64}$/.test(value)
  return written.has(name)
}

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
    const [spelt = '', value = ''] = [list[i], list[i + 1]]
    const name = spelt.toLowerCase()
    if (isTold(name, value)) {
      const told = values.get(name)
      if (told === undefined) values.set(name, [value])
      else told.push(value)
    } else if (!own.has(name)) {
      if (name === 'transfer-encoding') chunked = true
      if (name === 'content-length') length = Number(value)
      headers.push(spelt, value)
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

/**
 * The headers with the client's user agent first: bots are told by it. Another one beside it is the bouncer's or the
 * client's, and is judged as well; told as empty, the one that is there is the bouncer's.
 */
function withAgent(told: readonly string[], headers: readonly string[]): readonly string[] {
  const [agent] = told
  if (agent === undefined) return headers
  const rest = without(headers, (name, value) => name === 'user-agent' && (agent === '' || value === agent))
  return agent === '' ? rest : ['User-Agent', agent, ...rest]
}

/** What is left of names and values. */
function without(
  headers: readonly string[],
  drops: (name: string, value: string) => boolean,
): readonly string[] {
  return headers.filter((_, i) => {
    const at = i - (i % 2)
    return !drops((headers[at] ?? '').toLowerCase(), headers[at + 1] ?? '')
  })
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
  const host = first(appsecHeaders.host)
  const version = first(appsecHeaders.version)
  // Only HTTP/1.0 knows requests without host, and not every bouncer tells the version.
  const minorVersion = /^1\.?0$/.test(version) || (version === '' && host === '') ? 0 : 1
  if (client === '') return { kind: 'incomplete', header: appsecHeaders.ip }
  for (const name of [appsecHeaders.uri, appsecHeaders.verb]) {
    if (first(name) === '') return { kind: 'incomplete', header: name }
  }
  // The framing of the question is not that of an HTTP/1.0 request, which has no chunks.
  const kept = minorVersion === 0 ? without(headers, (name) => name === 'transfer-encoding') : headers
  const judged = withAgent(values.get(appsecHeaders.userAgent) ?? [], kept)
  const head = parseListedHead(
    {
      method: first(appsecHeaders.verb),
      target: first(appsecHeaders.uri),
      headers: [...(host === '' ? [] : ['Host', host]), ...judged],
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
