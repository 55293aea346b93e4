import type { z } from 'zod'
import type { edgeSchema } from '../schema/edge.ts'
import type { siteSchema } from '../schema/site.ts'
import type { Finding } from './explain-issue.ts'

type Site = z.output<typeof siteSchema>
type Edge = z.output<typeof edgeSchema>

interface PlacedSite {
  readonly value: Site
  readonly path: readonly PropertyKey[]
}

function conflict(path: readonly PropertyKey[], message: string, hint?: string): Finding {
  return { code: 'CONFIG_CONFLICT', path, what: 'value', message, ...(hint === undefined ? {} : { hint }) }
}

/** What is needed to get certificates, and what fits together. */
function tlsFindings({ value, path }: PlacedSite): Finding[] {
  const { tls } = value
  if (tls === undefined) return []
  const at = [...path, 'tls']
  const { acme } = tls
  const findings: Finding[] = []
  if (tls.certificates.length === 0 && acme === undefined) {
    findings.push(
      conflict(at, `site ${value.name} has tls without a certificate`, 'name certificates, or acme'),
    )
  }
  if (tls.certificates.length > 0 && acme !== undefined) {
    findings.push(conflict(at, `site ${value.name} has certificates from files and from acme`, 'choose one'))
  }
  if (acme === undefined) return findings
  const names = acme.domains.length > 0 ? acme.domains : value.hosts
  if (names.includes('*')) {
    findings.push(
      conflict(
        [...at, 'acme'],
        `no certificate can be had for the host * of site ${value.name}`,
        'name acme.domains',
      ),
    )
  }
  if (acme.challenge === 'dns-01' && acme.dnsCommand.length === 0) {
    findings.push(conflict([...at, 'acme', 'dnsCommand'], 'dns-01 needs a command that sets the record'))
  }
  if (acme.challenge === 'http-01' && names.some((name) => name.startsWith('*.'))) {
    findings.push(
      conflict([...at, 'acme', 'challenge'], 'a certificate for *.name needs the challenge dns-01'),
    )
  }
  if (acme.challenge === 'http-01' && tls.redirect === undefined) {
    findings.push(
      conflict([...at, 'redirect'], 'the challenge http-01 needs a plain address', 'set tls.redirect'),
    )
  }
  return findings
}

function listenerOf({ listen }: Site): string {
  return listen.path ?? `${listen.host}:${listen.port}`
}

/** A listener is encrypted for all of its sites or for none. */
function mixedListeners(sites: readonly PlacedSite[]): Finding[] {
  const first = new Map<string, Site>()
  return sites.flatMap(({ value, path }) => {
    const key = listenerOf(value)
    const other = first.get(key)
    if (other === undefined || value.listen.port + (value.listen.path?.length ?? 0) === 0) {
      first.set(key, value)
      return []
    }
    if ((other.tls === undefined) === (value.tls === undefined)) return []
    return [conflict(path, `sites ${other.name} and ${value.name} share a listener, and only one has tls`)]
  })
}

function poolFindings({ value, path }: PlacedSite): Finding[] {
  const { pool, upstream } = value
  const other = pool.targets.findIndex(({ protocol }) => protocol !== upstream.protocol)
  const findings =
    other < 0
      ? []
      : [
          conflict(
            [...path, 'pool', 'targets', other],
            'all services of a pool must be http, or all of them https',
          ),
        ]
  const { certificate, key } = pool.tls
  if ((certificate === undefined) !== (key === undefined)) {
    findings.push(conflict([...path, 'pool', 'tls'], 'a certificate for the service needs its key'))
  }
  return findings
}

function besideFindings(sites: readonly PlacedSite[], edge: Edge | undefined): Finding[] {
  const names = new Set(sites.map(({ value }) => value.name))
  return (edge?.beside ?? []).flatMap(({ site, kind, keys }, index) => {
    const at = ['edge', 'beside', index]
    const findings = names.has(site) ? [] : [conflict([...at, 'site'], `there is no site ${site}`)]
    if (kind === 'appsec' && keys.length === 0) {
      findings.push(conflict(at, 'appsec needs an API key: without one nobody may ask', 'name keys'))
    }
    return findings
  })
}

/** What is wrong between the options of connections: TLS, ACME, pools, judgement beside other proxies. */
export function checkConnections(sites: readonly PlacedSite[], edge: Edge | undefined): readonly Finding[] {
  return [
    ...sites.flatMap(tlsFindings),
    ...mixedListeners(sites),
    ...sites.flatMap(poolFindings),
    ...besideFindings(sites, edge),
  ]
}
