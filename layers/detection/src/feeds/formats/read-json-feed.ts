import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { parseGoDuration } from '../../decisions/go-duration.ts'
import { FeedError } from '../feed-error.ts'
import { maxFeedEntries } from '../feed-config.ts'
import type { RawEntry } from '../feed-entry.ts'

/** The value of a JSON feed. Throws `FEED_FORM`. */
export function parseFeedJson(text: string): unknown {
  const limits = {
    maxTextLength: text.length,
    maxDepth: 12,
    maxNodes: maxFeedEntries * 24,
    maxStringLength: 65_536,
  }
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok) throw new FeedError('FEED_FORM', `no JSON: ${parsed.message}`)
  return parsed.value
}

const text = (object: JsonObject, ...names: readonly string[]): string => {
  for (const name of names) {
    const value = object[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

/** An object of a list: `value` (or `ip`, `address`, `range` …), and if there are any `scope`, `type`, `duration`, `until`. */
export function rawOfObject(object: JsonObject, nowMs: number): RawEntry {
  const span = parseGoDuration(text(object, 'duration'))
  const until = Date.parse(text(object, 'until', 'expires', 'expiration', 'valid_until'))
  return {
    value: text(object, 'value', 'ip', 'address', 'ip_address', 'range', 'cidr', 'network', 'indicator'),
    scope: text(object, 'scope'),
    type: text(object, 'type', 'remediation'),
    ...(span === undefined ? (Number.isNaN(until) ? {} : { untilMs: until }) : { untilMs: nowMs + span }),
  }
}

/** A list of texts or objects; one that stands under a single key of an object is found there. */
export function* readJsonFeed(source: string, nowMs: number): Generator<RawEntry | undefined> {
  const value = parseFeedJson(source)
  const list = Array.isArray(value)
    ? value
    : isJsonObject(value)
      ? Object.values(value).find((member) => Array.isArray(member))
      : undefined
  if (!Array.isArray(list)) throw new FeedError('FEED_FORM', 'the JSON holds no list')
  for (const item of list) {
    if (typeof item === 'string') yield { value: item }
    else yield isJsonObject(item) ? rawOfObject(item, nowMs) : undefined
  }
}

/**
 * CrowdSec's forms: decisions of a Local API (`{new: [{value, scope, duration}], deleted}`), of the central one
 * (`{new: [{scope, decisions: [{value, duration}]}]}`), a list of decisions as `cscli decisions list -o json` and import have it, or a
 * block list (one value a line).
 */
export function* readCrowdsec(source: string, nowMs: number): Generator<RawEntry | undefined> {
  const value = parseFeedJson(source)
  const list = Array.isArray(value) ? value : isJsonObject(value) ? value['new'] : undefined
  if (list === null) return
  if (!Array.isArray(list)) throw new FeedError('FEED_FORM', 'the JSON holds no decisions')
  for (const item of list) {
    if (!isJsonObject(item)) yield undefined
    else if (Array.isArray(item['decisions'])) {
      const scope = text(item, 'scope')
      for (const decision of item['decisions']) {
        if (!isJsonObject(decision)) yield undefined
        else
          yield {
            ...rawOfObject(decision, nowMs),
            ...(text(decision, 'scope') === '' && scope !== '' ? { scope } : {}),
          }
      }
    } else yield rawOfObject(item, nowMs)
  }
}
