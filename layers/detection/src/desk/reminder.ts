/** The same thing is said again after this time at the earliest. */
export const remindEveryMs = 600_000
const maxRemembered = 10_000

/** Keeps one and the same report from being repeated for each of thousands of causes. */
export class Reminder {
  readonly #now: () => number
  readonly #said = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** True when this was not said in the last ten minutes; it counts as said from now on. */
  isDue(what: string): boolean {
    const now = this.#now()
    const last = this.#said.get(what)
    if (last !== undefined && now - last < remindEveryMs && now >= last) return false
    this.#said.delete(what)
    this.#said.set(what, now)
    const [oldest] = this.#said.keys()
    if (this.#said.size > maxRemembered && oldest !== undefined) this.#said.delete(oldest)
    return true
  }
}
