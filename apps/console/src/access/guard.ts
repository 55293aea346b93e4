/**
 * The admin surface's gate (design: "Admin surface"): loopback is no credential, so every request is judged by the
 * name it was sent to and the site it came from, before any session is looked at.
 */

/** Facts of one request that the gate judges. */
export interface RequestOrigin {
  readonly method: string
  readonly path: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
  readonly contentType: string | undefined
}

/** Names and port that this console answers to. */
export interface GatePolicy {
  /** Lower-case host names, IPv6 in brackets. */
  readonly hosts: readonly string[]
  readonly port: number
}

/** Why a request was refused; `null` means it may go on. */
export type GateRefusal = 'GATE_HOST' | 'GATE_CROSS_SITE' | 'GATE_NOT_JSON' | 'GATE_METHOD' | null

const reading = new Set(['GET', 'HEAD'])
const changing = new Set(['POST', 'DELETE'])

/** Splits `name:port` and `[v6]:port`; port 80 is meant where none is given. */
function splitHost(host: string): { name: string; port: number } | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?$/.exec(host.toLowerCase())
  if (match?.[1] === undefined) return null
  return { name: match[1], port: match[2] === undefined ? 80 : Number(match[2]) }
}

function isOwnHost(host: string | undefined, policy: GatePolicy): boolean {
  const split = host === undefined ? null : splitHost(host)
  return split !== null && split.port === policy.port && policy.hosts.includes(split.name)
}

function isOwnOrigin(origin: string, policy: GatePolicy): boolean {
  const match = /^https?:\/\/(.+)$/.exec(origin.toLowerCase())
  return match?.[1] !== undefined && isOwnHost(match[1], policy)
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json(?:\s*;.*)?$/i.test(contentType)
}

/**
 * Judges a request before anything else looks at it.
 * A foreign `Host` is a rebinding page; a foreign `Origin` or `Sec-Fetch-Site` is a cross-site form or script. Opening
 * the first page from elsewhere is allowed, because people click links; the API is closed to other sites even for reading.
 */
export function judgeOrigin(request: RequestOrigin, policy: GatePolicy): GateRefusal {
  if (!isOwnHost(request.host, policy)) return 'GATE_HOST'
  const isChange = changing.has(request.method)
  if (!isChange && !reading.has(request.method)) return 'GATE_METHOD'
  if (request.origin !== undefined && !isOwnOrigin(request.origin, policy)) return 'GATE_CROSS_SITE'
  const isForeign =
    request.fetchSite !== undefined && request.fetchSite !== 'same-origin' && request.fetchSite !== 'none'
  if (isForeign && (isChange || request.path.startsWith('/api/'))) return 'GATE_CROSS_SITE'
  if (isChange && !isJson(request.contentType)) return 'GATE_NOT_JSON'
  return null
}
