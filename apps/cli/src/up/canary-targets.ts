import type { SiteConfig } from '@sevenfold/config'
import type { CanaryTarget } from './canary-sender.ts'
import type { PartStatus } from './state-file.ts'

type CanarySite = Pick<SiteConfig, 'name' | 'hosts'> & Partial<Pick<SiteConfig, 'tls'>>

function targetOf(url: URL, site: CanarySite | undefined): CanaryTarget {
  const named = site?.hosts.find((pattern) => !pattern.includes('*'))
  if (url.protocol === 'unix:') return { host: '', port: 0, path: url.pathname, name: named ?? 'localhost' }
  const tls = url.protocol === 'https:'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    name: named ?? (tls ? url.hostname : url.host),
    ...(tls ? { tls } : {}),
  }
}

/**
 * Public addresses of the sites that the edge serves now, with a Host that each answers to. A site that demands client
 * certificates is left out: nobody here has one.
 */
export function canaryTargets(
  parts: readonly PartStatus[],
  sites: readonly CanarySite[],
): readonly CanaryTarget[] {
  const listening = parts.find(({ name }) => name === 'edge')?.listening ?? []
  return listening.flatMap(({ name, url }) => {
    // The edge also listens for redirects and for other proxies; those are no sites.
    if (!name.startsWith('site ')) return []
    const site = sites.find((candidate) => name === `site ${candidate.name}`)
    return site?.tls?.clientCertificates?.mode === 'require' ? [] : [targetOf(new URL(url), site)]
  })
}
