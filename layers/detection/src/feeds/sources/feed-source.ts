import type { Outbound, OutboundResponse } from '@sevenfold/outbound'
import type { FeedConfig } from '../feed-config.ts'
import type { FeedEntry } from '../feed-entry.ts'
import { FeedError } from '../feed-error.ts'

/** Where a source left off; what it is made of is the source's own business. */
export type FeedCursor = Readonly<Record<string, string>>

/** What a source knew before. */
export interface FeedPosition {
  readonly cursor: FeedCursor
  readonly entries: ReadonlyMap<string, FeedEntry>
}

/** What a look at a source gave: nothing new, or all that holds now. */
export type FeedAnswer =
  | { readonly kind: 'same' }
  | {
      readonly kind: 'content'
      readonly entries: ReadonlyMap<string, FeedEntry>
      readonly unreadable: number
      readonly cursor: FeedCursor
    }

/** How a source asks. */
export interface SourceContext {
  readonly feed: FeedConfig
  readonly outbound: Outbound
  readonly signal: AbortSignal
  readonly nowMs: number
  /** The credential, when the feed has one. */
  readonly secret: string | undefined
}

/** A kind of source. Throws {@link FeedError}. */
export type FeedSource = (position: FeedPosition, context: SourceContext) => Promise<FeedAnswer>

/** Asks for a page. Throws `FEED_UNREACHABLE` unless it is answered 200, or 304 where `mayBeSame`. */
export async function fetchPage(
  url: string,
  { feed, outbound, signal }: SourceContext,
  options: { readonly headers: Readonly<Record<string, string>>; readonly mayBeSame?: boolean },
): Promise<OutboundResponse> {
  let answer: OutboundResponse
  try {
    answer = await outbound.request(url, {
      headers: options.headers,
      signal,
      limits: { maxBytes: feed.maxSizeBytes },
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new FeedError('FEED_UNREACHABLE', `${feed.name}: ${reason}`, { cause: error })
  }
  if (answer.status === 200 || (answer.status === 304 && options.mayBeSame === true)) return answer
  throw new FeedError('FEED_UNREACHABLE', `${feed.name}: answered ${answer.status}`)
}

/** The credential as a header: basic with a user, else a bearer token. */
export function authorization({ feed, secret }: SourceContext): Readonly<Record<string, string>> {
  if (secret === undefined) return {}
  return {
    authorization:
      feed.user === undefined
        ? `Bearer ${secret}`
        : `Basic ${Buffer.from(`${feed.user}:${secret}`).toString('base64')}`,
  }
}

/** Text of a body; bytes that are no UTF-8 become U+FFFD and fit no address. */
export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body)
