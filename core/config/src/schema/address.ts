import { isIP } from 'node:net'
import { z } from 'zod'

/** Where a listener binds: a literal address and a port (0 = any free port, for tests). */
export interface Listen {
  readonly host: string
  readonly port: number
}

/** Where a site listens: as `Listen`, or on a Unix socket; then host is empty and port 0. */
export interface SiteListen extends Listen {
  readonly path?: string
}

/** Where requests are forwarded to. */
export interface Upstream {
  readonly url: string
  readonly protocol: 'http' | 'https'
  /** Host name or literal address, IPv6 without brackets; `localhost` with `path`. */
  readonly host: string
  /** 0 with `path`. */
  readonly port: number
  /** Unix socket on which the service listens. */
  readonly path?: string
}

/** `127.0.0.1:7700` or `[::1]:7700` as address and port; undefined for names and bad ports. */
export function parseListen(text: string): Listen | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9.]{7,15})):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const host = match[1] ?? match[2] ?? ''
  const port = Number(match[3])
  if (port > 65_535 || isIP(host) !== (match[1] === undefined ? 4 : 6)) return undefined
  return { host, port }
}

/** An http or https URL without user, query, fragment or path, or `unix:PATH`; undefined for anything else. */
export function parseUpstream(text: string): Upstream | undefined {
  const path = parseUnixListen(text)
  if (path !== undefined) return { url: text, protocol: 'http', host: 'localhost', port: 0, path }
  if (!/^https?:\/\/[^/?#@\s\\]{1,255}\/?$/.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const protocol = url.protocol === 'https:' ? 'https' : 'http'
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port)
  if (port === 0) return undefined
  return { url: url.origin, protocol, host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port }
}

/** True for `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0 || address.includes('%')) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)
}

/** Listening address in the file, `Listen` after parsing. */
export function listen() {
  const wrong = 'must be a literal address and port such as 127.0.0.1:7700 or [::1]:7700'
  return z
    .string({ error: wrong })
    .refine((text) => parseListen(text) !== undefined, { error: wrong, abort: true })
    .transform((text): Listen => parseListen(text) ?? { host: '', port: 0 })
}

/** `unix:./edge.sock` as its path; undefined for anything else. */
export function parseUnixListen(text: string): string | undefined {
  return /^unix:([./][^\0]{1,4095})$/s.exec(text)?.[1]
}

/** Listening address or Unix socket in the file, `SiteListen` after parsing. */
export function siteListen() {
  const wrong = 'must be a literal address and port such as 127.0.0.1:7700, or unix:/run/edge.sock'
  return z
    .string({ error: wrong })
    .refine((text) => parseListen(text) !== undefined || parseUnixListen(text) !== undefined, {
      error: wrong,
      abort: true,
    })
    .transform((text): SiteListen => {
      const path = parseUnixListen(text)
      return path === undefined ? (parseListen(text) ?? { host: '', port: 0 }) : { host: '', port: 0, path }
    })
}

/** Upstream URL in the file, `Upstream` after parsing. */
export function upstream() {
  const wrong =
    'must be an http or https URL without path, such as http://127.0.0.1:8080, or unix:/run/app.sock'
  return z
    .string({ error: wrong })
    .refine((text) => parseUpstream(text) !== undefined, { error: wrong, abort: true })
    .transform((text): Upstream => parseUpstream(text) ?? { url: '', protocol: 'http', host: '', port: 0 })
}

/** An address or a network in CIDR form. */
export function network() {
  const wrong = 'must be an address or a network such as 192.0.2.7 or 10.0.0.0/8'
  return z.string({ error: wrong }).refine(isNetwork, { error: wrong })
}
