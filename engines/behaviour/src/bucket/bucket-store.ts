import type { HubBucket } from './hub-bucket.ts'

/** Limits of a store. */
export interface StoreLimits {
  /** Buckets of all scenarios. */
  readonly maxBuckets: number
  /** Buckets of one network; more evict the oldest of that network. */
  readonly maxPerNetwork: number
}

/** What the limits did. */
export interface StoreCounters {
  /** Buckets that gave way to another of their own network. */
  evicted: number
  /** New sources that found no room. */
  refused: number
}

/**
 * All buckets of an engine. A flood of new sources can only push out buckets of its own network: the part-filled bucket
 * of anybody else stays, and a source that finds no room is counted and not judged.
 */
export class BucketStore {
  readonly #limits: StoreLimits
  readonly #slots: readonly Map<string, HubBucket>[]
  readonly #lifetimes: readonly number[]
  // Oldest first.
  readonly #networks = new Map<string, Set<HubBucket>>()
  readonly counters: StoreCounters = { evicted: 0, refused: 0 }
  #size = 0
  #sweptMs = Number.NEGATIVE_INFINITY

  constructor(limits: StoreLimits, lifetimesMs: readonly number[]) {
    this.#limits = limits
    this.#lifetimes = lifetimesMs
    this.#slots = lifetimesMs.map(() => new Map<string, HubBucket>())
  }

  /** Buckets held. */
  get size(): number {
    return this.#size
  }

  /** The bucket of a key, whatever its age. */
  get(slot: number, key: string): HubBucket | undefined {
    return this.#slots[slot]?.get(key)
  }

  /** The bucket of a slot that was made first: of a counter, the one whose window ends first. */
  oldest(slot: number): HubBucket | undefined {
    return this.#slots[slot]?.values().next().value
  }

  /** Adds a bucket; false when there is no room that its source may take. */
  add(bucket: HubBucket, nowMs: number): boolean {
    if (!this.#makeRoom(bucket.network, nowMs)) {
      this.counters.refused += 1
      return false
    }
    this.#slots[bucket.slot]?.set(bucket.key, bucket)
    this.#size += 1
    const own = this.#networks.get(bucket.network)
    if (own === undefined) this.#networks.set(bucket.network, new Set([bucket]))
    else own.add(bucket)
    return true
  }

  #makeRoom(network: string, nowMs: number): boolean {
    const own = this.#networks.get(network)
    if (own !== undefined && own.size >= this.#limits.maxPerNetwork) return this.#evictOldest(own)
    if (this.#size < this.#limits.maxBuckets) return true
    // A full store meets every new source here; walking it each time would be the attacker's gain.
    if (nowMs - this.#sweptMs >= 1000) this.sweep(nowMs)
    if (this.#size < this.#limits.maxBuckets) return true
    return own !== undefined && own.size > 0 && this.#evictOldest(own)
  }

  #evictOldest(own: ReadonlySet<HubBucket>): boolean {
    const [oldest] = own
    if (oldest === undefined) return false
    this.delete(oldest)
    this.counters.evicted += 1
    return true
  }

  /** Drops one bucket. */
  delete(bucket: HubBucket): void {
    const slot = this.#slots[bucket.slot]
    if (slot?.get(bucket.key) !== bucket) return
    slot.delete(bucket.key)
    this.#size -= 1
    const own = this.#networks.get(bucket.network)
    own?.delete(bucket)
    if (own?.size === 0) this.#networks.delete(bucket.network)
  }

  /** Drops what has leaked out. */
  sweep(nowMs: number): void {
    this.#sweptMs = nowMs
    for (const buckets of this.#slots) {
      for (const bucket of buckets.values()) {
        if (nowMs > bucket.lastMs + (this.#lifetimes[bucket.scenario] ?? 0)) this.delete(bucket)
      }
    }
  }

  /** Drops all buckets with a key, of all scenarios. */
  forget(key: string): void {
    for (const buckets of this.#slots) {
      const bucket = buckets.get(key)
      if (bucket !== undefined) this.delete(bucket)
    }
  }
}
