import { isJsonObject } from '@sevenfold/event'
import { collectEntries } from '../feed-entry.ts'
import type { FeedEntry } from '../feed-entry.ts'
import { FeedError } from '../feed-error.ts'
import { maxFeedEntries } from '../feed-config.ts'
import { parseFeedJson, rawOfObject } from '../formats/read-json-feed.ts'
import { fetchPage, textOf } from './feed-source.ts'
import type { FeedSource } from './feed-source.ts'

/**
 * The decisions of a CrowdSec Local API, its community list among them, as a bouncer gets them: all at the first look
 * of a process, then what came and went. One of our decisions must not come back to us as somebody else's word.
 */
export function crowdsecApiSource(): FeedSource {
  let isStarted = false
  return async ({ entries }, context) => {
    if (context.secret === undefined)
      throw new FeedError('FEED_FORM', `${context.feed.name}: a Local API needs a key`)
    const isFirst = !isStarted
    const base = context.feed.url.endsWith('/') ? context.feed.url : `${context.feed.url}/`
    const answer = await fetchPage(`${base}v1/decisions/stream?startup=${String(isFirst)}`, context, {
      headers: { 'x-api-key': context.secret },
    })
    const value = parseFeedJson(textOf(answer.body))
    if (!isJsonObject(value)) throw new FeedError('FEED_FORM', `${context.feed.name}: no decisions`)
    const fresh = collected(value['new'] ?? null, context.nowMs)
    const gone = collected(value['deleted'] ?? null, context.nowMs)
    const now = new Map(isFirst ? [] : entries)
    // Another decision on the same value may still hold: then it is among the new ones.
    for (const key of gone.keys()) now.delete(key)
    for (const [key, entry] of fresh) now.set(key, entry)
    if (now.size > maxFeedEntries) throw new FeedError('FEED_LIMIT', `more than ${maxFeedEntries} entries`)
    isStarted = true
    if (!isFirst && fresh.size === 0 && gone.size === 0) return { kind: 'same' }
    return { kind: 'content', entries: now, unreadable: 0, cursor: {} }
  }
}

function collected(list: unknown, nowMs: number): ReadonlyMap<string, FeedEntry> {
  const decisions = Array.isArray(list) ? list.filter(isJsonObject) : []
  const own = decisions.filter((item) => item['simulated'] !== true && item['type'] !== 'allow')
  const { entries } = collectEntries(
    own.map((item) => rawOfObject(item, nowMs)),
    maxFeedEntries,
  )
  return entries
}
