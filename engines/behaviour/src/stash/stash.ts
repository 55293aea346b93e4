import { defaultStashLimits } from './stash-limits.ts'
import type { StashFacility } from '../helpers/facilities.ts'

/** How a full store makes room: least recently used, least often used, or ARC (which is close to LRU and treated so). */
export type StashStrategy = 'LRU' | 'LFU' | 'ARC'

interface Entry {
  readonly value: string
  /** Infinite until `settle` says when it was put aside. */
  untilMs: number
  uses: number
}

interface Store {
  readonly size: number
  readonly ttlMs: number
  readonly strategy: StashStrategy
  /** Least recently used first. */
  readonly entries: Map<string, Entry>
}

/**
 * Values that parsers put aside by name and key, each store with a size and a time to live. Time is told by `settle`,
 * after each line: in a replay it is only known once the line has been parsed.
 */
export class Stash implements StashFacility {
  readonly #stores = new Map<string, Store>()
  readonly #unsettled: { readonly entry: Entry; readonly ttlMs: number }[] = []
  #nowMs = Number.NEGATIVE_INFINITY

  /** Says what time it is: what was put aside since the last call begins to live. */
  settle(nowMs: number): void {
    this.#nowMs = nowMs
    // Most lines put nothing aside.
    if (this.#unsettled.length === 0) return
    for (const { entry, ttlMs } of this.#unsettled) entry.untilMs = nowMs + ttlMs
    this.#unsettled.length = 0
  }

  /** Makes a store. A name that is taken keeps its first form. */
  open(
    name: string,
    options: { readonly size: number; readonly ttlMs: number; readonly strategy: StashStrategy },
  ): void {
    if (this.#stores.has(name) || this.#stores.size >= defaultStashLimits.maxStores) return
    const size = Math.min(options.size, defaultStashLimits.maxEntries)
    this.#stores.set(name, { ...options, size, entries: new Map() })
  }

  get(name: string, key: string): string {
    const store = this.#stores.get(name)
    const entry = store?.entries.get(key)
    if (store === undefined || entry === undefined) return ''
    if (entry.untilMs <= this.#nowMs) {
      store.entries.delete(key)
      return ''
    }
    entry.uses += 1
    store.entries.delete(key)
    store.entries.set(key, entry)
    return entry.value
  }

  set(name: string, key: string, value: string): void {
    const store = this.#stores.get(name)
    if (store === undefined) return
    store.entries.delete(key)
    if (store.entries.size >= store.size) evict(store)
    const kept = value.slice(0, defaultStashLimits.maxValueLength)
    const entry = { value: kept, untilMs: Number.POSITIVE_INFINITY, uses: 0 }
    store.entries.set(key, entry)
    this.#unsettled.push({ entry, ttlMs: store.ttlMs })
  }
}

function evict({ entries, strategy }: Store): void {
  let [victim] = entries.keys()
  if (strategy === 'LFU') {
    let fewest = Number.POSITIVE_INFINITY
    for (const [key, { uses }] of entries) {
      if (uses >= fewest) continue
      fewest = uses
      victim = key
    }
  }
  if (victim !== undefined) entries.delete(victim)
}
