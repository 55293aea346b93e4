import { defaultStashLimits } from './stash-limits.ts'
import type { StashFacility } from '../helpers/facilities.ts'

/** How a full store makes room: least recently used, least often used, or ARC (which is close to LRU and treated so). */
export type StashStrategy = 'LRU' | 'LFU' | 'ARC'

interface Entry {
  readonly value: string
  readonly untilMs: number
  uses: number
}

interface Store {
  readonly size: number
  readonly ttlMs: number
  readonly strategy: StashStrategy
  /** Least recently used first. */
  readonly entries: Map<string, Entry>
}

/** Values that parsers put aside by name and key, each store with a size and a time to live. */
export class Stash implements StashFacility {
  readonly #stores = new Map<string, Store>()
  readonly #nowMs: () => number

  /** `nowMs`: the clock of the engine: wall clock or time of the lines. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
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
    if (entry.untilMs <= this.#nowMs()) {
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
    store.entries.set(key, {
      value: value.slice(0, defaultStashLimits.maxValueLength),
      untilMs: this.#nowMs() + store.ttlMs,
      uses: 0,
    })
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
