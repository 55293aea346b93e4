import type { SiteConfig } from '@sevenfold/config'
import type { EventBuilder, EventDraft } from '@sevenfold/event'
import type { Clock, Logger, Timer } from '@sevenfold/layer'
import { loadCertificates } from '../tls/certificate-files.ts'
import { acmeFolder, certificateSource } from '../worker/site-doors.ts'
import { fetchCertificate } from './fetch-certificate.ts'
import type { AcmeWish, TokenBoard } from './fetch-certificate.ts'

/** How often the ends of certificates are looked at. */
export const acmeLookMs = 3_600_000
/** First pause after a failure; doubled each time, at most `acmeLookMs`. */
export const acmeRetryMs = 60_000

/** What a keeper works with. */
export interface AcmeKeeperOptions {
  /** `data/edge`. */
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Logger
  readonly events: EventBuilder
  readonly emit: (draft: EventDraft) => void
  readonly board: TokenBoard
}

interface Care {
  readonly site: SiteConfig
  readonly wish: AcmeWish
  readonly renewBeforeMs: number
  failures: number
  timer: Timer | null
}

function wishOf(site: SiteConfig): AcmeWish | null {
  const acme = site.tls?.acme
  if (acme === undefined) return null
  return { ...acme, domains: acme.domains.length > 0 ? acme.domains : site.hosts }
}

/** Fetches and renews the certificates of all sites that want it. Lives in the primary process. */
export class AcmeKeeper {
  private readonly options: AcmeKeeperOptions
  private cares: Care[] = []

  constructor(options: AcmeKeeperOptions) {
    this.options = options
  }

  /** Takes care of these sites from now on, and of no others. */
  use(sites: readonly SiteConfig[]): void {
    this.stop()
    this.cares = sites.flatMap((site) => {
      const wish = wishOf(site)
      if (wish === null) return []
      const renewBeforeMs = site.tls?.acme?.renewBeforeMs ?? 0
      return [{ site, wish, renewBeforeMs, failures: 0, timer: null }]
    })
    for (const care of this.cares) void this.look(care)
  }

  stop(): void {
    for (const { timer } of this.cares) timer?.cancel()
    this.cares = []
  }

  /** When the certificate of a site ends; 0 when there is none. */
  private endOf({ site }: Care): number {
    const source = certificateSource(site, this.options.dataDir)
    try {
      return source === null ? 0 : loadCertificates(source).expiresMs
    } catch {
      return 0 // none yet, or one that cannot be used: a new one is wanted
    }
  }

  private async look(care: Care): Promise<void> {
    const { clock } = this.options
    let pauseMs = acmeLookMs
    if (this.endOf(care) - clock.now() <= care.renewBeforeMs) {
      pauseMs = (await this.fetch(care)) ? acmeLookMs : this.retryMs(care)
    }
    // A new configuration came meanwhile: somebody else looks now.
    if (!this.cares.includes(care)) return
    care.timer = clock.after(pauseMs, () => void this.look(care))
  }

  private retryMs({ failures }: Care): number {
    return Math.min(acmeLookMs, acmeRetryMs * 2 ** (failures - 1))
  }

  private async fetch(care: Care): Promise<boolean> {
    const { dataDir, log, events, emit, board } = this.options
    const { name } = care.site
    try {
      await fetchCertificate(acmeFolder(dataDir, name), care.wish, board)
      care.failures = 0
      emit(events.notice('certificate-fetched', `site ${name} has a new certificate`, 20))
      return true
    } catch (error) {
      care.failures += 1
      const why = error instanceof Error ? error.message : String(error)
      log.error('certificate-not-fetched', { site: name, why })
      emit(
        events.notice(
          'certificate-not-fetched',
          `site ${name} gets no certificate: ${why.slice(0, 300)}`,
          70,
        ),
      )
      return false
    }
  }
}
