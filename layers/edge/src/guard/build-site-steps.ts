import { readFileSync } from 'node:fs'
import type { EdgeConfig, SiteConfig } from '@sevenfold/config'
import type { Mode } from '@sevenfold/event'
import type { NetworkSet } from '../address/client-address.ts'
import { AiPolicies } from '../bots/ai-policies.ts'
import { CrawlerVerifier } from '../bots/crawler-verifier.ts'
import { Honeypot } from '../bots/honeypot.ts'
import { createNameLookup } from '../bots/name-lookup.ts'
import type { NameLookup } from '../bots/name-lookup.ts'
import { publishedRanges } from '../bots/published-ranges.ts'
import { maxRobotsLength, robotsText } from '../bots/robots-text.ts'
import { Challenger } from '../challenge/challenger.ts'
import { EdgeError } from '../edge-error.ts'
import { openGeo } from '../geo/geo-reader.ts'
import type { GeoReader } from '../geo/geo-reader.ts'
import { GeoRules } from '../geo/geo-rules.ts'
import { AnswerHeaders } from '../headers/answer-headers.ts'
import { readTemplate, sitePages } from '../pages/site-pages.ts'
import type { BlockPages } from '../pipeline/block-pages.ts'
import type { SiteGuard } from '../pipeline/site-guard.ts'
import type { Step } from '../pipeline/site.ts'
import { RateLimiter } from '../rate/rate-limiter.ts'
import { readDocument } from '../schema/load-document.ts'
import { SiteSchema } from '../schema/site-schema.ts'
import { StepsRun } from './guard-run.ts'
import type { GuardServices } from './guard-services.ts'
import type { SiteSteps } from './site-steps.ts'

/** What the steps of a site are built with. */
export interface SiteStepsOptions {
  readonly config: Pick<EdgeConfig, 'sites'> & Partial<Pick<EdgeConfig, 'shedding'>>
  readonly services: GuardServices
  readonly secret: Uint8Array
  /** Mode of a step of a site now. */
  readonly mode: (site: SiteConfig, step: Step) => Mode
  /** Looks names up; by DNS when absent. */
  readonly lookup?: NameLookup
}

/** The parts of a site that this builds. */
export interface BuiltSteps {
  readonly guard: SiteGuard
  readonly pages: BlockPages
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new EdgeError('EDGE_CONFIG_INVALID', `${what} ${path}: ${why}`, error)
  }
}

function robotsOf(bots: SiteConfig['bots'], policies: AiPolicies): string | null {
  if (bots.robots === 'upstream' || policies.restricted.length === 0) return null
  const own = bots.robotsFile === undefined ? '' : readText(bots.robotsFile, 'robots.txt')
  if (own.length > maxRobotsLength) {
    throw new EdgeError(
      'EDGE_CONFIG_INVALID',
      `robots.txt ${bots.robotsFile ?? ''}: longer than ${maxRobotsLength} characters`,
    )
  }
  return robotsText(policies, own)
}

function verifierOf(bots: SiteConfig['bots'], options: SiteStepsOptions): CrawlerVerifier | null {
  if (bots.crawlers === 'ignore') return null
  const ranges = new Map<string, NetworkSet>()
  for (const { crawler, file } of bots.ranges)
    ranges.set(crawler, publishedRanges(readText(file, 'ranges'), file))
  return new CrawlerVerifier({
    lookup: options.lookup ?? createNameLookup(bots.dnsServers),
    ranges,
    monotonicMs: options.services.options.monotonicMs,
  })
}

/** Opens each database once, however many sites use it. */
class GeoReaders {
  private readonly open = new Map<string, Promise<GeoReader>>()

  of({ database, asnDatabase }: NonNullable<SiteConfig['geo']>): Promise<GeoReader> {
    const key = `${database ?? ''}\n${asnDatabase ?? ''}`
    const reader = this.open.get(key) ?? openGeo(database, asnDatabase)
    this.open.set(key, reader)
    return reader
  }
}

async function stepsOf(
  site: SiteConfig,
  index: number,
  how: { options: SiteStepsOptions; readers: GeoReaders },
): Promise<SiteSteps> {
  const { options, readers } = how
  const { services, config } = options
  const { bots, geo, schema } = site
  const policies = new AiPolicies(bots.ai)
  return {
    site: site.name,
    services,
    limiter: new RateLimiter(site.rate, index, services.shared),
    geo: geo === undefined ? null : { reader: await readers.of(geo), rules: new GeoRules(geo) },
    scannersRefused: bots.scanners === 'refuse',
    policies,
    honeypot: new Honeypot(bots.honeypots),
    verifier: verifierOf(bots, options),
    challenger: new Challenger(site.challenge, {
      site: site.name,
      key: options.secret,
      shared: services.shared,
      now: services.options.now,
    }),
    robots: robotsOf(bots, policies),
    schema: schema === undefined ? null : await SiteSchema.compile(readDocument(schema.file), schema),
    headers: new AnswerHeaders(site.headers),
    sessionCookie: site.rate.sessionCookie,
    sheds: config.shedding?.enabled ?? false,
    failuresPass: site.onInspectionFailure === 'pass',
    mode: (step) => options.mode(site, step),
  }
}

/**
 * Builds the steps between ban and inspection of all sites, with the files and databases that they name.
 * @throws EdgeError EDGE_CONFIG_INVALID.
 */
export async function buildSiteSteps(options: SiteStepsOptions): Promise<ReadonlyMap<string, BuiltSteps>> {
  const built = new Map<string, BuiltSteps>()
  const readers = new GeoReaders()
  for (const [index, site] of options.config.sites.entries()) {
    // A configuration that was compiled by the version before has none of these sections.
    if (!('rate' in site)) continue
    const steps = await stepsOf(site, index, { options, readers })
    built.set(site.name, {
      guard: { open: (request) => new StepsRun(request, steps) },
      pages: sitePages(site.pages === undefined ? null : readTemplate(site.pages.template)),
    })
  }
  return built
}
