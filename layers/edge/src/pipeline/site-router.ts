import type { Site } from './site.ts'

/** Finds the site of a request by port and host. */
export interface SiteRouter {
  /** @param host lower-case name without port; empty when the request names none. */
  find(port: number, host: string): Site | null
  /** Any site of a port, for messages that were refused before their host was known. */
  any(port: number): Site | null
}

class PortSites {
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

/** Routes by port, then the most exact host: full name, longest `*.name`, `*`. */
export function createSiteRouter(sites: readonly Site[]): SiteRouter {
  const ports = new Map<number, PortSites>()
  for (const site of sites) {
    const port = ports.get(site.port) ?? new PortSites()
    ports.set(site.port, port)
    port.add(site)
  }
  return {
    find: (port, host) => ports.get(port)?.find(host) ?? null,
    any: (port) => sites.find((site) => site.port === port) ?? null,
  }
}
