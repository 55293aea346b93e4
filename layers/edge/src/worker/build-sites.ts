import type { EdgeConfig, SiteConfig } from '@sevenfold/config'
import type { Mode } from '@sevenfold/event'
import { createNetworkSet } from '../address/client-address.ts'
import type { Site, SiteInspection, Step } from '../pipeline/site.ts'
import { UpstreamPool } from '../upstream/upstream-pool.ts'

/** What sites are built with. */
export interface SitesOptions {
  readonly config: EdgeConfig
  readonly inspection: SiteInspection | null
  readonly monotonicMs: () => number
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

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Makes the site of a configuration, with its own connections to the upstream. */
export function buildSite(config: SiteConfig, port: number, options: SitesOptions): Site {
  const { upstream } = config
  const { limits, ownListeners } = options.config
  const isOwn = ownListenerTest(ownListeners)
  const modeOf = options.mode
  return {
    name: config.name,
    port,
    hosts: config.hosts,
    pool: new UpstreamPool({
      host: upstream.host,
      port: upstream.port,
      limits,
      monotonicMs: options.monotonicMs,
      isOwnListener: isOwn,
    }),
    upstreamAuthority: `${bracketed(upstream.host)}:${upstream.port}`,
    proxies: createNetworkSet(config.trustedProxies),
    inspection: options.inspection,
    onInspectionFailure: config.onInspectionFailure,
    mode: (step) => stepMode(config, step, modeOf(config.name)),
  }
}
