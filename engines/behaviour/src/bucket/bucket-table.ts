import type { LeakyBucket } from './leaky-bucket.ts'
import { networkOf } from './network-of.ts'

/** Limits of a table. */
export interface TableLimits {
  /** Buckets in all. */
  readonly maxBuckets: number
  /** Buckets of one network; more evict the oldest of that network. */
  readonly maxPerNetwork: number
}

/** Counters of what the limits did. */
export interface TableCounters {
  evicted: number
  refused: number
}

/**
 * The buckets of one scenario. A flood of new sources can only push out buckets of its own network: the part-filled
 * bucket of anybody else stays, and a source that finds no room is counted and not judged.
 */
export class BucketTable {
  readonly #limits: TableLimits
  readonly #lifetimeMs: number
  readonly #buckets = new Map<string, LeakyBucket>()
  // Keys by network, oldest first.
  readonly #networks = new Map<string, Set<string>>()
  #collectedMs = Number.NEGATIVE_INFINITY
  readonly counters: TableCounters = { evicted: 0, refused: 0 }

  constructor(limits: TableLimits, lifetimeMs: number) {
    this.#limits = limits
    this.#lifetimeMs = lifetimeMs
  }

  /** Buckets held. */
  get size(): number {
    return this.#buckets.size
  }

  /** The live bucket of a key. One that has leaked out is dropped. */
  get(key: string, nowMs: number): LeakyBucket | undefined {
    const bucket = this.#buckets.get(key)
    if (bucket === undefined || nowMs - bucket.lastMs <= this.#lifetimeMs) return bucket
    this.delete(key)
    return undefined
  }

  /** Adds a bucket; false when there is no room that this source may take. */
  add(key: string, bucket: LeakyBucket): boolean {
    const network = networkOf(key)
    if (!this.#makeRoom(network, bucket.lastMs)) {
      this.counters.refused += 1
      return false
    }
    this.#buckets.set(key, bucket)
    const keys = this.#networks.get(network)
    if (keys === undefined) this.#networks.set(network, new Set([key]))
    else keys.add(key)
    return true
  }

  #makeRoom(network: string, nowMs: number): boolean {
    const own = this.#networks.get(network)
    if (own !== undefined && own.size >= this.#limits.maxPerNetwork) return this.#evictOldest(own)
    if (this.#buckets.size < this.#limits.maxBuckets) return true
    this.#collectAtMostOnceASecond(nowMs)
    if (this.#buckets.size < this.#limits.maxBuckets) return true
    return own !== undefined && own.size > 0 && this.#evictOldest(own)
  }

  #evictOldest(keys: Set<string>): boolean {
    const [oldest] = keys
    if (oldest === undefined) return false
    this.delete(oldest)
    this.counters.evicted += 1
    return true
  }

  // A full table meets every new source here; walking it each time would be the attacker's gain.
  #collectAtMostOnceASecond(nowMs: number): void {
    if (nowMs - this.#collectedMs < 1000) return
    this.collect(nowMs)
  }

  /** Drops what has leaked out. */
  collect(nowMs: number): void {
    this.#collectedMs = nowMs
    for (const [key, bucket] of this.#buckets) if (nowMs - bucket.lastMs > this.#lifetimeMs) this.delete(key)
  }

  /** Drops one bucket. */
  delete(key: string): void {
    if (!this.#buckets.delete(key)) return
    const network = networkOf(key)
    const keys = this.#networks.get(network)
    keys?.delete(key)
    if (keys?.size === 0) this.#networks.delete(network)
  }
}
