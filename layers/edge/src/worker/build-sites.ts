import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import type { EdgeConfig, SiteConfig } from '@sevenfold/config'
import type { Mode } from '@sevenfold/event'
import { createNetworkSet } from '../address/client-address.ts'
import type { Site, SiteInspection, Step } from '../pipeline/site.ts'
import { unixPeerAddress } from '../listen/socket-front.ts'
import type { Upstreams } from '../upstream/upstreams.ts'
import { authorityOf } from '../upstream/authority-of.ts'

/** What sites are built with. */
export interface SitesOptions {
  readonly inspection: SiteInspection | null
  /** Mode in force on a site. */
  readonly mode: (site: string) => Mode
}

const strength: Readonly<Record<Mode, number>> = { off: 0, monitor: 1, enforce: 2 }

/**
 * The mode of a step: its own where it has one, unless the mode of the site was changed at run time; then the weaker
 * of both, so that `sevenfold` can always switch a site to monitor as a whole.
 */
export function stepMode(site: Pick<SiteConfig, 'mode' | 'steps'>, step: Step, inForce: Mode): Mode {
  const own = site.steps[step]
  if (own === undefined) return inForce
  if (inForce === site.mode) return own
  return strength[own] <= strength[inForce] ? own : inForce
}

const wildcards = new Set(['0.0.0.0', '::'])

/** Tells whether an address is one where this installation itself listens. */
export function ownListenerTest(
  listeners: EdgeConfig['ownListeners'],
): (address: string, port: number, local: string) => boolean {
  return (address, port, local) =>
    listeners.some(
      (own) => own.port === port && (own.host === address || (wildcards.has(own.host) && address === local)),
    )
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path // not there yet
  }
}

/** Tells whether a Unix socket belongs to this installation: a listener of the edge, or anything in the data folder. */
export function ownSocketTest({ sites, beside }: EdgeConfig, rootDir: string): (path: string) => boolean {
  const listeners = new Set([...sites, ...beside].map(({ listen }) => listen.path))
  const folder = `${realPath(rootDir)}${sep}`
  return (path) => listeners.has(path) || realPath(path).startsWith(folder)
}

/** `Strict-Transport-Security` as an answer gets it (RFC 6797), or nothing. */
function hstsField(tls: SiteConfig['tls']): string {
  const ms = tls?.hstsMs
  return ms === undefined ? '' : `Strict-Transport-Security: max-age=${Math.floor(ms / 1000)}\r\n`
}

/** Where a site is served and judged. */
export interface SitePlace {
  /** `Listening.id`. */
  readonly listener: number
  readonly upstreams: Upstreams
}

/** Makes the site of a configuration. */
export function buildSite(config: SiteConfig, place: SitePlace, options: SitesOptions): Site {
  const modeOf = options.mode
  // Whoever may open a Unix socket of ours is the proxy in front.
  const local = config.listen.path === undefined ? [] : [unixPeerAddress]
  return {
    name: config.name,
    listener: place.listener,
    hosts: config.hosts,
    pool: place.upstreams,
    retries: config.pool.retries,
    answerFields: hstsField(config.tls),
    ownHandshake: config.tls?.clientCertificates !== undefined,
    beside: '',
    upstreamAuthority: authorityOf(config.upstream),
    proxies: createNetworkSet([...config.trustedProxies, ...local]),
    inspection: options.inspection,
    onInspectionFailure: config.onInspectionFailure,
    mode: (step) => stepMode(config, step, modeOf(config.name)),
  }
}
