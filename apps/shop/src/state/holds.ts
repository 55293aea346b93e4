/** Goods that can be held back at the counter at a time. */
export const heldAtMost = 1_020
/** What one address may hold in the patched shop. */
export const heldByOne = 2
/** How long something is held, in milliseconds. */
export const holdMs = 900_000

/** Goods that are held back for visitors who want to think about it. */
export class Holds {
  #holds: { readonly who: string; readonly until: number }[] = []

  /** Holds one for somebody; false when everything is held, or `limit` by that address. */
  take(who: string, now: number, limit: number): boolean {
    this.#holds = this.#holds.filter(({ until }) => until > now)
    if (this.#holds.length >= heldAtMost) return false
    if (this.#holds.filter((hold) => hold.who === who).length >= limit) return false
    this.#holds.push({ who, until: now + holdMs })
    return true
  }

  clear(): void {
    this.#holds = []
  }
}
