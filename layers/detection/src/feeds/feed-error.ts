/** Stable codes of {@link FeedError}: why an update of a feed was not taken. */
export type FeedErrorCode =
  /** The source cannot be reached, or says no. */
  | 'FEED_UNREACHABLE'
  /** It has another form than was said. */
  | 'FEED_FORM'
  /** It is above a limit. */
  | 'FEED_LIMIT'
  /** Digest or signature do not fit. */
  | 'FEED_UNTRUSTED'

/** An update of a feed that was not taken; what was there before stays. */
export class FeedError extends Error {
  readonly code: FeedErrorCode

  constructor(code: FeedErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'FeedError'
    this.code = code
  }
}
