/** Most writers and epochs that are counted. */
export const maxArrivalEpochs = 2_000

interface Heads {
  high: number
  low: number
}

/** What arrived of each writer: the last sequences of both lanes, by epoch. */
export class Arrivals {
  readonly #epochs = new Map<string, Heads>()

  /** An event of the ledger. */
  take(agent: string, epoch: string, lane: string, sequence: number): void {
    const key = `${agent} ${epoch}`
    let heads = this.#epochs.get(key)
    if (heads === undefined) {
      heads = { high: 0, low: 0 }
      this.#epochs.set(key, heads)
      const oldest = this.#epochs.keys().next()
      if (this.#epochs.size > maxArrivalEpochs && oldest.done !== true) this.#epochs.delete(oldest.value)
    }
    if (lane === 'high') heads.high = Math.max(heads.high, sequence)
    else heads.low = Math.max(heads.low, sequence)
  }

  /** Sequences of both lanes together; undefined for an epoch of which nothing was seen. */
  of(agent: string, epoch: string): number | undefined {
    const heads = this.#epochs.get(`${agent} ${epoch}`)
    return heads === undefined ? undefined : heads.high + heads.low
  }

  /** What a restart needs. */
  dump(): readonly (readonly [string, number, number])[] {
    return Array.from(this.#epochs, ([key, { high, low }]) => [key, high, low] as const)
  }

  /** Takes what `dump` gave. */
  restore(list: readonly (readonly [string, number, number])[]): void {
    for (const [key, high, low] of list) this.#epochs.set(key, { high, low })
  }
}
