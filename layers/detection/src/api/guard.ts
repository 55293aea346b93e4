import type { IncomingMessage } from 'node:http'

/** What a request over TCP is checked against. */
export interface GuardOptions {
  /** Host names that the API answers to, without ports, lower case; IPv6 in brackets. */
  readonly hosts: readonly string[]
}

function hostName(header: string): string {
  const lower = header.toLowerCase()
  return /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(lower)?.[1] ?? ''
}

/**
 * Why a request over TCP is refused before anything else is looked at; undefined when it is not. A foreign `Host` is
 * a rebound name; `Origin` and `Sec-Fetch-Site` are set by browsers only, and no page has business here
 * (design: "Admin surface").
 */
export function refusal(request: IncomingMessage, options: GuardOptions): string | undefined {
  const { host, origin, 'sec-fetch-site': site } = request.headers
  if (host === undefined || !options.hosts.includes(hostName(host))) return 'the host is not one of this API'
  if (origin !== undefined) return 'pages may not use this API'
  if (site !== undefined && site !== 'none') return 'pages may not use this API'
  return undefined
}
