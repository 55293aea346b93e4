/** Attempts to enrol, of one address and of everybody, in a minute. */
export const attemptLimits = { each: 10, all: 120, addresses: 4096 } as const

const windowMs = 60_000

/** Counts attempts to enrol: a secret of 256 bits cannot be guessed, but guessing must not cost us anything either. */
export class Attempts {
  readonly #monotonicMs: () => number
  #sinceMs = Number.NEGATIVE_INFINITY
  #all = 0
  #each = new Map<string, number>()

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** False when this one is too many. */
  admit(address: string): boolean {
    const now = this.#monotonicMs()
    if (now - this.#sinceMs >= windowMs) {
      this.#sinceMs = now
      this.#all = 0
      this.#each = new Map()
    }
    const own = (this.#each.get(address) ?? 0) + 1
    const isNew = own === 1 && this.#each.size >= attemptLimits.addresses
    if (own > attemptLimits.each || this.#all >= attemptLimits.all || isNew) return false
    this.#all += 1
    this.#each.set(address, own)
    return true
  }
}
