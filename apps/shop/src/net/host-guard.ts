import type { IncomingMessage } from 'node:http'
import { isLoopback } from './loopback.ts'

/** Why a request is refused before the shop looks at it; undefined when it may pass. */
export type GuardRefusal = 'host' | 'cross-site' | undefined

function hostName(header: string): string {
  if (header.startsWith('[')) return header.slice(1, header.indexOf(']'))
  return header.split(':')[0] ?? ''
}

function isOwnHost(header: string | undefined, names: ReadonlySet<string>): boolean {
  if (header === undefined) return true
  const name = hostName(header).toLowerCase()
  return name === 'localhost' || name === '' || isLoopback(name) || names.has(name)
}

/**
 * Protects the machine that runs the demo, not the shop: a web page elsewhere must not reach the holes of the
 * shop through the visitor's own browser. A name that only points at loopback (DNS rebinding) is refused by
 * `Host`; a foreign page's form, image or script by `Sec-Fetch-Site`, which every current browser sends and no
 * page can set. A plain link to the start page stays possible.
 */
export function guardRequest(request: IncomingMessage, names: ReadonlySet<string>): GuardRefusal {
  if (!isOwnHost(request.headers.host, names)) return 'host'
  const site = request.headers['sec-fetch-site']
  const isVisit = request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate'
  if (site === 'cross-site' && !(isVisit && request.url === '/')) return 'cross-site'
  if (site === 'same-site' && !isVisit) return 'cross-site'
  return undefined
}
