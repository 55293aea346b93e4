import type { SiteConfig } from '@sevenfold/config'
import type { CanaryTarget } from './canary-sender.ts'
import type { PartStatus } from './state-file.ts'

/** Public addresses of the sites that the edge serves now, with a Host that each answers to. */
export function canaryTargets(
  parts: readonly PartStatus[],
  sites: readonly Pick<SiteConfig, 'name' | 'hosts'>[],
): readonly CanaryTarget[] {
  const listening = parts.find(({ name }) => name === 'edge')?.listening ?? []
  return listening.map(({ name, url }) => {
    const { hostname, port, host } = new URL(url)
    const site = sites.find((candidate) => name === `site ${candidate.name}`)
    const named = site?.hosts.find((pattern) => !pattern.includes('*'))
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 80 : Number(port),
      name: named ?? host,
    }
  })
}
