/**
 * One leaky bucket, counted as a token bucket: it starts with `capacity` tokens, gains one per leak interval, and an
 * event that finds less than one token overflows it. Same arithmetic as Go's rate limiter, on which the hub's
 * numbers were tuned.
 */
export interface LeakyBucket {
  readonly firstMs: number
  lastMs: number
  tokens: number
  /** Events poured, with the one that overflowed. */
  count: number
  readonly seen: Set<string> | undefined
}

/** Shape of all buckets of one scenario. */
export interface BucketShape {
  readonly capacity: number
  readonly leakSpeedMs: number
}

/** A fresh bucket before its first event. */
export function createBucket(shape: BucketShape, nowMs: number, distinct: boolean): LeakyBucket {
  return {
    firstMs: nowMs,
    lastMs: nowMs,
    tokens: shape.capacity,
    count: 0,
    seen: distinct ? new Set() : undefined,
  }
}

/** An idle bucket older than this has leaked out and stands for nothing any more. */
export function bucketLifetimeMs(shape: BucketShape): number {
  return (shape.capacity + 1) * shape.leakSpeedMs
}

/** Pours one event at `nowMs`; true when the bucket overflows. Time that runs backwards counts as standing still. */
export function pour(bucket: LeakyBucket, shape: BucketShape, nowMs: number): boolean {
  const elapsed = Math.max(0, nowMs - bucket.lastMs)
  bucket.tokens = Math.min(shape.capacity, bucket.tokens + elapsed / shape.leakSpeedMs)
  bucket.lastMs = Math.max(bucket.lastMs, nowMs)
  bucket.count += 1
  if (bucket.tokens < 1) return true
  bucket.tokens -= 1
  return false
}

/** Most distinct values that one bucket remembers; the oldest is forgotten first. */
export const maxDistinctValues = 1_000

/** True when the bucket has not seen `value`; remembers it. */
export function isNewValue(bucket: LeakyBucket, value: string): boolean {
  if (bucket.seen === undefined) return true
  if (bucket.seen.has(value)) return false
  if (bucket.seen.size >= maxDistinctValues) {
    const [oldest] = bucket.seen
    if (oldest !== undefined) bucket.seen.delete(oldest)
  }
  bucket.seen.add(value)
  return true
}
