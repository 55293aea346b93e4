import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { FeedError } from '../feed-error.ts'
import { parseFeedJson } from './read-json-feed.ts'
import type { RawEntry } from '../feed-entry.ts'

/** A comparison of an address in a pattern (STIX 2.1, section 9); others say nothing that an enforcement point could use. */
const comparison =
  /(?:ipv4-addr|ipv6-addr|network-traffic):(?:value|(?:src|dst)_ref\.value)\s*(?:=|ISSUBSET)\s*'([^'\\]{1,64})'/g
/** Words that make a pattern mean more, or less, than each of its comparisons. */
const qualified = /\bAND\b|\bNOT\b|\bFOLLOWEDBY\b|\bREPEATS\b|!=/
const maxPatternLength = 8_192

/** A bundle of STIX 2.1, or a list of its objects. */
export function readStix(source: string, nowMs: number): Iterable<RawEntry | undefined> {
  const value = parseFeedJson(source)
  const objects = Array.isArray(value) ? value : isJsonObject(value) ? value['objects'] : undefined
  if (!Array.isArray(objects)) throw new FeedError('FEED_FORM', 'no STIX bundle')
  return readStixObjects(objects, nowMs)
}

/**
 * The addresses of STIX objects: indicators (pattern_type `stix`) that are valid now and not revoked. Observed addresses
 * (`ipv4-addr` objects) say nothing of being malicious and are left out.
 */
export function* readStixObjects(
  objects: readonly unknown[],
  nowMs: number,
): Generator<RawEntry | undefined> {
  for (const object of newestOf(objects)) {
    if (object['type'] !== 'indicator' || object['revoked'] === true) continue
    const { pattern, pattern_type: kind = 'stix' } = object
    if (kind !== 'stix') continue
    if (typeof pattern !== 'string' || pattern.length > maxPatternLength) {
      yield undefined
      continue
    }
    const from = Date.parse(textOf(object['valid_from']))
    const until = Date.parse(textOf(object['valid_until']))
    if (from > nowMs || until <= nowMs || qualified.test(pattern)) continue
    for (const [, value = ''] of pattern.matchAll(comparison))
      yield { value, ...(Number.isNaN(until) ? {} : { untilMs: until }) }
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Of the versions of an object the one modified last. */
function newestOf(objects: readonly unknown[]): Iterable<JsonObject> {
  const newest = new Map<string, JsonObject>()
  for (const [index, object] of objects.entries()) {
    if (!isJsonObject(object)) continue
    const id = typeof object['id'] === 'string' ? object['id'] : `#${index}`
    const before = newest.get(id)
    if (before === undefined || textOf(before['modified']) <= textOf(object['modified']))
      newest.set(id, object)
  }
  return newest.values()
}
