import { collectEntries } from '../feed-entry.ts'
import type { FeedContent, RawEntry } from '../feed-entry.ts'
import { FeedError } from '../feed-error.ts'
import { maxFeedEntries } from '../feed-config.ts'
import type { FeedFormat } from '../feed-config.ts'
import { readCrowdsec, readJsonFeed } from './read-json-feed.ts'
import { readCsv } from './read-csv.ts'
import { readPlain } from './read-plain.ts'
import { readStix } from './read-stix.ts'

/** Forms that are one document. */
export type DocumentFormat = Exclude<FeedFormat, 'taxii' | 'crowdsec-api'>

/** Reads a document. Throws {@link FeedError}: `FEED_FORM`, or `FEED_LIMIT` above {@link maxFeedEntries}. */
export function readFeed(text: string, format: DocumentFormat, nowMs: number): FeedContent {
  const content = bounded(rawEntries(text, format, nowMs))
  // A page that says "moved" or "forbidden" with status 200 must not end every ban.
  if (content.entries.size === 0 && content.unreadable > 0)
    throw new FeedError('FEED_FORM', `no ${format} list: nothing in it is an address`)
  return content
}

/** Collects entries within the limit. Throws `FEED_LIMIT`. */
export function bounded(raws: Iterable<RawEntry | undefined>): FeedContent {
  try {
    return collectEntries(raws, maxFeedEntries)
  } catch (error) {
    if (error instanceof RangeError) throw new FeedError('FEED_LIMIT', error.message)
    throw error
  }
}

function rawEntries(text: string, format: DocumentFormat, nowMs: number): Iterable<RawEntry | undefined> {
  switch (format) {
    case 'plain':
      return readPlain(text)
    case 'csv':
      return readCsv(text, nowMs)
    case 'json':
      return readJsonFeed(text, nowMs)
    case 'crowdsec':
      // Block lists of CrowdSec are plain; its APIs speak JSON.
      return /^\s*[[{]/.test(text) || text.trim() === 'null' ? readCrowdsec(text, nowMs) : readPlain(text)
    case 'stix':
      return readStix(text, nowMs)
  }
}
