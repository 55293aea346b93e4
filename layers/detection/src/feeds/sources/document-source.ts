import { readFeed } from '../formats/read-feed.ts'
import type { DocumentFormat } from '../formats/read-feed.ts'
import { verifyDigest, verifySignature } from '../verify-feed.ts'
import { authorization, fetchPage, textOf } from './feed-source.ts'
import type { FeedAnswer, FeedSource } from './feed-source.ts'

/** A list at an address, asked for only when it changed (ETag, Last-Modified). */
export function documentSource(format: DocumentFormat): FeedSource {
  return async ({ cursor, entries }, context): Promise<FeedAnswer> => {
    const { feed } = context
    const isKnown = entries.size > 0
    const headers = {
      ...authorization(context),
      ...(isKnown && cursor['etag'] !== undefined ? { 'if-none-match': cursor['etag'] } : {}),
      ...(isKnown && cursor['lastModified'] !== undefined
        ? { 'if-modified-since': cursor['lastModified'] }
        : {}),
    }
    const answer = await fetchPage(feed.url, context, { headers, mayBeSame: isKnown })
    if (answer.status === 304) return { kind: 'same' }
    if (feed.sha256 !== undefined) verifyDigest(answer.body, feed.sha256)
    if (feed.signature !== undefined) {
      const signature = await fetchPage(feed.signature.url, context, { headers: authorization(context) })
      verifySignature(answer.body, textOf(signature.body), feed.signature.publicKey)
    }
    const { etag, 'last-modified': lastModified } = answer.headers
    return {
      kind: 'content',
      ...readFeed(textOf(answer.body), format, context.nowMs),
      cursor: {
        ...(etag === undefined ? {} : { etag }),
        ...(lastModified === undefined ? {} : { lastModified }),
      },
    }
  }
}
