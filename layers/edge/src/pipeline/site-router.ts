import type { Site } from './site.ts'

/** Finds the site of a request by listener and host. */
export interface SiteRouter {
  /** @param host lower-case name without port; empty when the request names none. */
  find(listener: number, host: string): Site | null
  /** Any site of a listener, for messages that were refused before their host was known. */
  any(listener: number): Site | null
}

class ListenerSites {
  readonly exact = new Map<string, Site>()
  readonly wildcard: (readonly [suffix: string, site: Site])[] = []
  fallback: Site | null = null

  add(site: Site): void {
    for (const host of site.hosts) {
      if (host === '*') this.fallback ??= site
      else if (host.startsWith('*.')) this.wildcard.push([host.slice(1), site])
      else if (!this.exact.has(host)) this.exact.set(host, site)
    }
    this.wildcard.sort((a, b) => b[0].length - a[0].length)
  }

  find(host: string): Site | null {
    const name = host.endsWith('.') ? host.slice(0, -1) : host
    const exact = this.exact.get(name)
    if (exact !== undefined) return exact
    for (const [suffix, site] of this.wildcard) {
      if (name.length > suffix.length && name.endsWith(suffix)) return site
    }
    return this.fallback
  }
}

/** Routes by listener, then the most exact host: full name, longest `*.name`, `*`. */
export function createSiteRouter(sites: readonly Site[]): SiteRouter {
  const listeners = new Map<number, ListenerSites>()
  for (const site of sites) {
    const served = listeners.get(site.listener) ?? new ListenerSites()
    listeners.set(site.listener, served)
    served.add(site)
  }
  return {
    find: (listener, host) => listeners.get(listener)?.find(host) ?? null,
    any: (listener) => sites.find((site) => site.listener === listener) ?? null,
  }
}
