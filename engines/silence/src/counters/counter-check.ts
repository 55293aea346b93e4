/** A counter that starts from zero again with every boot of its writer, as a number that only grows. */
export class GrowingCounter {
  #boot = -1
  #last = 0
  #total = 0

  /** The total after this reading. */
  read(boot: number, value: number): number {
    if (boot !== this.#boot) {
      // Before the first reading nothing is known: it is where counting starts.
      this.#total += this.#boot < 0 ? 0 : value
      this.#boot = boot
    } else if (value > this.#last) this.#total += value - this.#last
    this.#last = value
    return this.#total
  }
}

interface Reading {
  readonly timeMs: number
  readonly total: number
}

/** How long readings are kept, in milliseconds. */
export const readingMemoryMs = 1_200_000
const maxReadings = 512

class Series {
  readonly #counter = new GrowingCounter()
  readonly #readings: Reading[] = []

  add(timeMs: number, boot: number, value: number): void {
    const last = this.#readings.at(-1)
    if (last !== undefined && timeMs < last.timeMs) return
    this.#readings.push({ timeMs, total: this.#counter.read(boot, value) })
    while (
      this.#readings.length > maxReadings ||
      (this.#readings[0]?.timeMs ?? timeMs) < timeMs - readingMemoryMs
    )
      this.#readings.shift()
  }

  get last(): Reading | undefined {
    return this.#readings.at(-1)
  }

  before(timeMs: number): Reading | undefined {
    return this.#readings.findLast((reading) => reading.timeMs <= timeMs)
  }

  after(timeMs: number): Reading | undefined {
    return this.#readings.find((reading) => reading.timeMs >= timeMs)
  }
}

/** More was counted behind a wall than went through it. */
export interface Excess {
  readonly windowMs: number
  /** Counted behind the wall. */
  readonly behind: number
  /** At most so many came through. */
  readonly through: number
}

/** Windows over which counts are compared, in milliseconds. */
export const excessWindowsMs: readonly number[] = [120_000, 900_000]
/** Fewest that are too many, and the share of all that is within doubt. */
export const excessLimits: { readonly fewest: number; readonly share: number } = { fewest: 3, share: 0.01 }

/**
 * Compares what an application counts with what the wall before it let through. Readings of several processes never are
 * of the same moment, so every doubt is counted for the wall: its count starts before the window and ends after it. What
 * is left can only have come another way.
 */
export class CounterCheck {
  readonly #through = new Map<string, Series>()
  readonly #behind = new Map<string, Series>()

  /** A reading of one process of the wall. */
  passed(agent: string, reading: { timeMs: number; boot: number; value: number }): void {
    seriesOf(this.#through, agent).add(reading.timeMs, reading.boot, reading.value)
  }

  /** A reading of one process that counts behind the wall. */
  counted(agent: string, reading: { timeMs: number; boot: number; value: number }): void {
    seriesOf(this.#behind, agent).add(reading.timeMs, reading.boot, reading.value)
  }

  /** What came past the wall in the longest window that shows it; null when everything is explained or unknown. */
  excess(): Excess | null {
    let found: Excess | null = null
    for (const series of this.#behind.values()) {
      for (const windowMs of excessWindowsMs) {
        const excess = this.#judge(series, windowMs)
        if (excess !== null) found = excess
      }
    }
    return found
  }

  #judge(series: Series, windowMs: number): Excess | null {
    // The newest reading that every process of the wall has spoken after.
    const walls = [...this.#through.values()]
    if (walls.length === 0) return null
    const settledMs = Math.min(...walls.map((wall) => wall.last?.timeMs ?? 0))
    const end = series.before(settledMs)
    const start = end === undefined ? undefined : (series.before(end.timeMs - windowMs) ?? series.after(0))
    if (end === undefined || start === undefined || end.timeMs <= start.timeMs) return null
    const behind = end.total - start.total
    let through = 0
    for (const wall of walls) {
      const from = wall.before(start.timeMs)
      const to = wall.after(end.timeMs)
      // A wall that was not there at the start let everything through that it counted since.
      through += (to?.total ?? 0) - (from?.total ?? 0)
    }
    const doubt = Math.max(excessLimits.fewest, Math.ceil(behind * excessLimits.share))
    return behind - through >= doubt ? { windowMs, behind, through } : null
  }
}

function seriesOf(map: Map<string, Series>, agent: string): Series {
  const series = map.get(agent) ?? new Series()
  map.set(agent, series)
  return series
}
