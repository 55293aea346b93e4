/** Bans that one reporter may make within `blastWindowMs`; more are held and reported. */
export const maxBansPerWindow = 200
export const blastWindowMs = 60_000

/**
 * Holds a flood of new bans: a scenario gone wrong, or a log that somebody filled with other people's addresses, must
 * not lock everybody out.
 */
export class BlastRadius {
  readonly #limit: number
  #windowStart = Number.NEGATIVE_INFINITY
  #count = 0
  #held = 0

  constructor(limit: number = maxBansPerWindow) {
    this.#limit = limit
  }

  /** `go`: make the ban. `first-held`: do not, and report it. `held`: do not; it was reported. */
  admit(nowMs: number): 'go' | 'first-held' | 'held' {
    if (nowMs - this.#windowStart >= blastWindowMs || nowMs < this.#windowStart) {
      this.#windowStart = nowMs
      this.#count = 0
      this.#held = 0
    }
    this.#count += 1
    if (this.#count <= this.#limit) return 'go'
    this.#held += 1
    return this.#held === 1 ? 'first-held' : 'held'
  }
}
