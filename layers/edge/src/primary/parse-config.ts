import type { EdgeConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'
import { createNetworkSet } from '../address/client-address.ts'
import { EdgeError } from '../edge-error.ts'

function wrong(what: string): EdgeError {
  return new EdgeError('EDGE_CONFIG_INVALID', `not a compiled edge configuration: ${what}`)
}

function checkSite(site: unknown, index: number): void {
  if (!isJsonObject(site)) throw wrong(`sites[${index}] is no object`)
  if (typeof site['name'] !== 'string') throw wrong(`sites[${index}].name`)
  const { listen, upstream, hosts, steps, trustedProxies } = site
  if (!isJsonObject(listen) || typeof listen['port'] !== 'number') throw wrong(`sites[${index}].listen`)
  if (!isJsonObject(upstream) || typeof upstream['host'] !== 'string') throw wrong(`sites[${index}].upstream`)
  if (!isJsonObject(site['pool'])) throw wrong(`sites[${index}].pool`)
  if (!Array.isArray(hosts) || !isJsonObject(steps) || !Array.isArray(trustedProxies)) {
    throw wrong(`sites[${index}].hosts, steps or trustedProxies`)
  }
  createNetworkSet(trustedProxies.map(String))
}

/**
 * Checks a compiled configuration from disk: it was written by our own compiler, so only what would make the edge
 * start in a wrong shape is looked at. @throws EdgeError EDGE_CONFIG_INVALID.
 */
export function parseEdgeConfig(value: unknown): EdgeConfig {
  if (!isJsonObject(value) || value['v'] !== 1) throw wrong('version')
  const { sites, limits, workers, rules, ownListeners, beside } = value
  if (!Array.isArray(sites) || sites.length === 0) throw wrong('sites')
  sites.forEach(checkSite)
  if (!isJsonObject(limits) || Object.values(limits).some((limit) => typeof limit !== 'number')) {
    throw wrong('limits')
  }
  if (typeof workers !== 'number' || !Array.isArray(rules) || !Array.isArray(ownListeners)) {
    throw wrong('workers, rules or ownListeners')
  }
  if (!Array.isArray(beside)) throw wrong('beside')
  return value as unknown as EdgeConfig // checked above as far as the edge depends on it
}
