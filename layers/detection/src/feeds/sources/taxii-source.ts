import { isJsonObject } from '@sevenfold/event'
import { FeedError } from '../feed-error.ts'
import { bounded } from '../formats/read-feed.ts'
import { parseFeedJson } from '../formats/read-json-feed.ts'
import { readStixObjects } from '../formats/read-stix.ts'
import { authorization, fetchPage, textOf } from './feed-source.ts'
import type { FeedSource } from './feed-source.ts'

/** Most pages of one look: a server that always promises more must not keep us for ever. */
export const maxTaxiiPages = 200

const accept = 'application/taxii+json;version=2.1'

/**
 * A collection of a TAXII 2.1 server, all of it at each look: its URL ends in `/collections/ID/` and its objects are below
 * `objects/` (section 5.4). Pages are followed by `next`, or by the date of the last object where the server only says `more`.
 */
export const taxiiSource: FeedSource = async (_, context) => {
  const base = context.feed.url.endsWith('/') ? context.feed.url : `${context.feed.url}/`
  const objects: unknown[] = []
  let query = new URLSearchParams({ limit: '1000', 'match[type]': 'indicator' })
  for (let page = 0; ; page += 1) {
    if (page >= maxTaxiiPages)
      throw new FeedError('FEED_LIMIT', `${context.feed.name}: more than ${maxTaxiiPages} pages`)
    const answer = await fetchPage(`${base}objects/?${query.toString()}`, context, {
      headers: { accept, ...authorization(context) },
    })
    const envelope = parseFeedJson(textOf(answer.body))
    if (!isJsonObject(envelope)) throw new FeedError('FEED_FORM', `${context.feed.name}: no TAXII envelope`)
    const { more, next } = envelope
    if (Array.isArray(envelope['objects'])) objects.push(...envelope['objects'])
    if (more !== true) break
    query = followUp(query, { next, lastDate: answer.headers['x-taxii-date-added-last'] })
  }
  return { kind: 'content', ...bounded(readStixObjects(objects, context.nowMs)), cursor: {} }
}

function followUp(
  query: URLSearchParams,
  { next, lastDate }: { next: unknown; lastDate: string | undefined },
): URLSearchParams {
  const following = new URLSearchParams(query)
  if (typeof next === 'string' && next !== '') following.set('next', next)
  else if (lastDate !== undefined && lastDate !== query.get('added_after'))
    following.set('added_after', lastDate)
  else throw new FeedError('FEED_FORM', 'the TAXII server has more objects and does not say where')
  return following
}
