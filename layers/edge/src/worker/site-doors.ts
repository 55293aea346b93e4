import { join } from 'node:path'
import type { EdgeConfig, SiteConfig } from '@sevenfold/config'
import type { Logger } from '@sevenfold/layer'
import { createNetworkSet } from '../address/client-address.ts'
import { EdgeError } from '../edge-error.ts'
import type { HttpEngine, Listening } from '../http/exchange.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { ListenOptions } from '../listen/listen-options.ts'
import { certificateStamp, loadCertificates } from '../tls/certificate-files.ts'
import type { CertificateSource, LoadedCertificates } from '../tls/certificate-files.ts'
import { CertificateKeeper } from '../tls/certificate-keeper.ts'
import { SiteCertificates } from '../tls/tls-listener.ts'

/** What the doors of the sites need. */
export interface DoorsOptions {
  readonly engine: HttpEngine
  readonly config: EdgeConfig
  /** `data/edge`: certificates that were fetched lie below it. */
  readonly dataDir: string
  readonly log: Logger
  /** The earliest end of a certificate changed; milliseconds since 1970. */
  readonly onExpiry: (earliestMs: number) => void
}

/** A site's listeners. */
export interface SiteDoor {
  readonly site: SiteConfig
  readonly listening: Listening
  readonly redirect: Listening | null
}

/** Where the certificate of a site lies that was fetched from an authority. */
export function acmeFolder(dataDir: string, site: string): string {
  return join(dataDir, 'acme', site)
}

/** The files that a site's certificates are read from. */
export function certificateSource(site: SiteConfig, dataDir: string): CertificateSource | null {
  const { tls } = site
  if (tls === undefined) return null
  const fetched = acmeFolder(dataDir, site.name)
  const clientCa = tls.clientCertificates?.ca
  return {
    certificates:
      tls.acme === undefined
        ? tls.certificates
        : [{ certificate: join(fetched, 'certificate.pem'), key: join(fetched, 'key.pem') }],
    ...(clientCa === undefined ? {} : { clientCa }),
  }
}

const unlimited = 1_000_000
const patientMs = 3_600_000

/** Limits of a listener whose sites all have the step off: only a proof does that. */
function withoutLimits(limits: HttpLimits): HttpLimits {
  return {
    ...limits,
    headerSizeBytes: 65_536,
    headerCount: 1000,
    targetSizeBytes: 32_768,
    headerTimeoutMs: patientMs,
    bodyTimeoutMs: patientMs,
    bodyMinimumRateBytes: 0,
    responseTimeoutMs: patientMs,
    connectionsPerAddress: unlimited,
  }
}

/** Opens the listeners of all sites and keeps their certificates as the files say. */
export class SiteDoors {
  private readonly options: DoorsOptions
  private readonly keepers: CertificateKeeper[] = []
  private readonly listeners: SiteCertificates[] = []
  private earliest = Number.POSITIVE_INFINITY

  constructor(options: DoorsOptions) {
    this.options = options
  }

  /** Opens all listeners. @throws EdgeError EDGE_LISTEN, EDGE_CERTIFICATE. */
  async open(): Promise<readonly SiteDoor[]> {
    const groups = new Map<string, SiteConfig[]>()
    for (const [index, site] of this.options.config.sites.entries()) {
      const { host, port, path } = site.listen
      // Sites share a listener; port 0 asks for one of its own.
      const key = path ?? (port === 0 ? `${index}` : `${host} ${port}`)
      groups.set(key, [...(groups.get(key) ?? []), site])
    }
    const doors: SiteDoor[] = []
    const redirects = new Map<string, Listening>()
    for (const sites of groups.values()) {
      const listening = await this.listen(this.listenOptions(sites), sites)
      for (const site of sites) {
        doors.push({ site, listening, redirect: await this.openRedirect(site, redirects) })
      }
    }
    this.report()
    // As in the configuration, whatever shares a listener.
    return this.options.config.sites.flatMap((site) => doors.filter((door) => door.site === site))
  }

  /** Session tickets are made with keys from this seed from now on. */
  useTickets(seed: Uint8Array): void {
    for (const listener of this.listeners) listener.useTickets(seed)
  }

  /** Takes over changed certificates; called every few seconds. */
  look(): void {
    let changed = false
    for (const keeper of this.keepers) changed = keeper.look() || changed
    if (changed) this.report()
  }

  private report(): void {
    const earliest = Math.min(...this.keepers.map(({ expiresMs }) => expiresMs))
    if (earliest === this.earliest || !Number.isFinite(earliest)) return
    this.earliest = earliest
    this.options.onExpiry(earliest)
  }

  private listenOptions(sites: readonly SiteConfig[]): ListenOptions {
    const [first] = sites
    if (first === undefined) throw new EdgeError('EDGE_LISTEN', 'a listener without a site')
    const { listen } = first
    const proxies = sites.flatMap(({ proxyProtocol }) => proxyProtocol)
    const { limits } = this.options.config
    const free = sites.every(({ steps }) => steps.limits === 'off')
    return {
      ...listen,
      ...(proxies.length === 0 ? {} : { proxies: createNetworkSet(proxies) }),
      ...(first.tls === undefined ? {} : { tls: this.certificates(sites) }),
      ...(free ? { limits: withoutLimits(limits) } : {}),
    }
  }

  private certificates(sites: readonly SiteConfig[]): SiteCertificates {
    const loaded = sites.map((site) => ({ site, first: this.load(site) }))
    const listener = new SiteCertificates(
      loaded.map(({ site, first }) => ({
        site: site.name,
        hosts: site.hosts,
        context: first.context,
        clientCertificates: site.tls?.clientCertificates?.mode ?? 'off',
        http2: site.tls?.http2 ?? true,
      })),
    )
    for (const { site, first } of loaded) this.keep(site, first, listener)
    this.listeners.push(listener)
    return listener
  }

  private load(site: SiteConfig): LoadedCertificates {
    const source = certificateSource(site, this.options.dataDir)
    const none = { context: {}, expiresMs: Number.POSITIVE_INFINITY }
    if (source === null) return none
    // A certificate that is still to be fetched: until then no handshake succeeds.
    if (site.tls?.acme !== undefined && certificateStamp(source) === '') return none
    try {
      return loadCertificates(source)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new EdgeError('EDGE_CERTIFICATE', `site ${site.name}: ${why}`, error)
    }
  }

  private keep(site: SiteConfig, first: LoadedCertificates, listener: SiteCertificates): void {
    const source = certificateSource(site, this.options.dataDir)
    if (source === null) return
    const { log } = this.options
    this.keepers.push(
      new CertificateKeeper(
        {
          source,
          use: ({ context }) => {
            listener.renew(site.name, context)
            log.info('certificate-renewed', { site: site.name })
          },
          onProblem: (why) => log.error('certificate-unusable', { site: site.name, why }),
        },
        first,
      ),
    )
  }

  private async openRedirect(site: SiteConfig, open: Map<string, Listening>): Promise<Listening | null> {
    const redirect = site.tls?.redirect
    if (redirect === undefined) return null
    const key = `${redirect.host} ${redirect.port}`
    const known = redirect.port === 0 ? undefined : open.get(key)
    const listening = known ?? (await this.listen(redirect, [site]))
    open.set(key, listening)
    return listening
  }

  private async listen(options: ListenOptions, sites: readonly SiteConfig[]): Promise<Listening> {
    const where = options.path ?? `${options.host} port ${options.port}`
    try {
      return await this.options.engine.listen(options)
    } catch (error) {
      const inUse = error instanceof Error && error.message.includes('EADDRINUSE')
      const why = inUse ? 'another program uses this port' : String(error)
      const name = sites[0]?.name ?? ''
      throw new EdgeError('EDGE_LISTEN', `site ${name} cannot listen on ${where}: ${why}`, error)
    }
  }
}
