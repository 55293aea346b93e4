import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { EdgeConfig, SiteConfig } from '@sevenfold/config'
import { EdgeError } from '../edge-error.ts'
import { authorityOf } from '../upstream/authority-of.ts'
import { Http2Pool } from '../upstream/http2-pool.ts'
import { TargetHealth } from '../upstream/target-health.ts'
import { UpstreamGroup } from '../upstream/upstream-group.ts'
import type { Target } from '../upstream/upstream-group.ts'
import { UpstreamPool } from '../upstream/upstream-pool.ts'
import type { UpstreamTls } from '../upstream/upstream-tls.ts'
import type { Upstreams } from '../upstream/upstreams.ts'

/** What the services of a site are reached with. */
export interface UpstreamsOptions {
  readonly limits: EdgeConfig['limits']
  readonly monotonicMs: () => number
  readonly isOwnListener: (address: string, port: number, local: string) => boolean
  /** True for a Unix socket of this installation: reaching it would be a loop, or hand our controls to visitors. */
  readonly isOwnSocket: (path: string) => boolean
  /** A service is left alone from now on, or used again. */
  readonly onTarget: (url: string, up: boolean) => void
}

function contentOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readFileSync(path, 'utf8')
}

/** TLS towards a service. @throws Error when a file cannot be read or used. */
function tlsOf(pool: SiteConfig['pool'], host: string): UpstreamTls {
  const { ca, certificate, key, serverName } = pool.tls
  const files = { ca: contentOf(ca), cert: contentOf(certificate), key: contentOf(key) }
  return { context: createSecureContext(files), serverName: serverName ?? host }
}

/** Opens the way to the services of a site. @throws Error when a certificate cannot be used; EdgeError EDGE_CONFIG_INVALID. */
export function buildUpstreams(site: SiteConfig, options: UpstreamsOptions): Upstreams {
  const { pool } = site
  const rules = {
    failures: pool.failures,
    openForMs: pool.openForMs,
    healthyAfter: pool.health?.healthyAfter ?? 1,
    unhealthyAfter: pool.health?.unhealthyAfter ?? 1,
  }
  const targets = [site.upstream, ...pool.targets].map((upstream): Target => {
    const health = new TargetHealth(rules, (up) => options.onTarget(upstream.url, up))
    const { limits, monotonicMs, isOwnListener } = options
    if (upstream.path !== undefined && options.isOwnSocket(upstream.path))
      throw new EdgeError('EDGE_CONFIG_INVALID', `site ${site.name}: ${upstream.url} is a socket of ours`)
    const { host, port, path } = upstream
    const way = path === undefined ? { host, port } : { host, port, path }
    const where = { ...way, limits, monotonicMs, isOwnListener, health }
    const tls = upstream.protocol === 'https' ? { tls: tlsOf(pool, upstream.host) } : {}
    const Pool = pool.protocol === 'http2' ? Http2Pool : UpstreamPool
    return { authority: authorityOf(upstream), pool: new Pool({ ...where, ...tls }), health }
  })
  return new UpstreamGroup({
    targets,
    balance: pool.balance,
    check: pool.health === undefined ? null : pool.health,
    monotonicMs: options.monotonicMs,
  })
}
