/** Days before an end at which it becomes an incident, the nearest first. */
export const expiryDays = [1, 7, 30] as const

const dayMs = 86_400_000

/** An end that is near. */
export interface NearExpiry {
  /** `certificates`, `keys`, `feeds` or `rules`. */
  readonly what: string
  readonly days: (typeof expiryDays)[number]
  readonly untilMs: number
}

/** Ends that are within 30, 7 or 1 days, each once for each of these. Times are ISO 8601; others are passed over. */
export class ExpiryWatch {
  readonly #told = new Set<string>()

  /** What became near since the last time. A renewed thing begins anew. */
  observe(
    agent: string,
    expiries: Readonly<Record<string, string | undefined>>,
    nowMs: number,
  ): readonly NearExpiry[] {
    const near: NearExpiry[] = []
    for (const [what, text] of Object.entries(expiries)) {
      const untilMs = Date.parse(text ?? '')
      if (Number.isNaN(untilMs)) continue
      const days = expiryDays.find((limit) => untilMs - nowMs <= limit * dayMs)
      const key = `${agent} ${what}`
      if (days === undefined) {
        for (const limit of expiryDays) this.#told.delete(`${key} ${limit}`)
        continue
      }
      if (this.#told.has(`${key} ${days}`)) continue
      this.#told.add(`${key} ${days}`)
      near.push({ what, days, untilMs })
    }
    return near
  }

  /** What was told, for keeping over a restart. */
  dump(): readonly string[] {
    return [...this.#told]
  }

  /** Takes what `dump` gave. */
  restore(told: readonly string[]): void {
    for (const key of told.slice(0, 10_000)) this.#told.add(key)
  }
}
