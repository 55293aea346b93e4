import type { DetectionConfig } from '@sevenfold/config'

/** The section `detection.feeds`. */
export type FeedsConfig = DetectionConfig['feeds']

/** One feed, as the configuration names it. */
export type FeedConfig = FeedsConfig['lists'][number]

/** Forms that a feed may have. `crowdsec-api` is a Local API of CrowdSec, `taxii` a collection of TAXII 2.1. */
export type FeedFormat = FeedConfig['format']

/** Who may report to the exchange here, and what makes an address common. */
export type ExchangeConfig = NonNullable<FeedsConfig['exchange']>

/** A reporter: an installation with its key. */
export type ReporterConfig = ExchangeConfig['reporters'][number]

/** Most entries of one feed. */
export const maxFeedEntries = 500_000
