/** What the house said of itself. */
export interface HouseWord {
  readonly ok: boolean
  /** Milliseconds since 1970 by the clock of the house. */
  readonly timeMs: number
  /** Entries of the ledger. */
  readonly size: number
  readonly root: string
}

/** Something that the watcher says. */
export interface WatchNews {
  readonly kind: 'well' | 'silent' | 'trouble' | 'rollback' | 'fork'
  readonly text: string
}

/** A clock of the house that is further off than this is itself a trouble, in milliseconds. */
export const maxSkewMs = 300_000

/** Remembers the last good word and the newest ledger: an outside witness that nobody inside can reach. */
export class WatchState {
  readonly #patienceMs: number
  #lastGoodMs: number
  #size = 0
  #root = ''
  #state: WatchNews['kind'] | 'unknown' = 'unknown'

  constructor(patienceMs: number, nowMs: number) {
    this.#patienceMs = patienceMs
    this.#lastGoodMs = nowMs
  }

  /** The house spoke. Gives what is news. */
  heard(word: HouseWord, nowMs: number): readonly WatchNews[] {
    if (word.size < this.#size)
      return [{ kind: 'rollback', text: `the ledger shows ${word.size} entries after ${this.#size}` }]
    if (word.size === this.#size && this.#root !== '' && word.root !== '' && word.root !== this.#root)
      return [{ kind: 'fork', text: `the ledger shows another root for ${word.size} entries` }]
    this.#size = word.size
    this.#root = word.root
    if (Math.abs(nowMs - word.timeMs) > maxSkewMs)
      return this.#change('trouble', 'its clock is off, or it repeats old words')
    if (!word.ok) return this.#change('trouble', 'it says that the backbone does not work')
    this.#lastGoodMs = nowMs
    return this.#change('well', `all is well, ${word.size} entries`)
  }

  /** Looks at the clock. Gives what is news. */
  tick(nowMs: number): readonly WatchNews[] {
    const silentMs = nowMs - this.#lastGoodMs
    if (silentMs < this.#patienceMs) return []
    return this.#change('silent', `no good word for ${Math.round(silentMs / 1000)} s`)
  }

  #change(kind: WatchNews['kind'], text: string): readonly WatchNews[] {
    // Silence outranks trouble: once it was told, only a good word ends it.
    if (this.#state === kind || (this.#state === 'silent' && kind === 'trouble')) return []
    this.#state = kind
    return [{ kind, text }]
  }
}
