/** Keys that one blackhole remembers. */
const maxHidden = 100_000

/** Keys of one scenario that overflowed a short while ago and stay quiet. */
export class Blackhole {
  readonly #durationMs: number
  // Until when; oldest first.
  readonly #hidden = new Map<string, number>()

  constructor(durationMs: number) {
    this.#durationMs = durationMs
  }

  /** True when the key overflowed within the duration; begins a new one otherwise. */
  hides(key: string, atMs: number): boolean {
    const until = this.#hidden.get(key)
    if (until !== undefined && until > atMs) return true
    this.#hidden.delete(key)
    if (this.#hidden.size >= maxHidden) {
      const [oldest] = this.#hidden.keys()
      if (oldest !== undefined) this.#hidden.delete(oldest)
    }
    this.#hidden.set(key, atMs + this.#durationMs)
    return false
  }

  /** Drops what is over. All entries last equally long, so the first that is not over ends the walk. */
  sweep(nowMs: number): void {
    for (const [key, until] of this.#hidden) {
      if (until > nowMs) return
      this.#hidden.delete(key)
    }
  }

  /** Forgets a key. */
  forget(key: string): void {
    this.#hidden.delete(key)
  }
}
