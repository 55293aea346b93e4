import { CounterSeries } from './counter-series.ts'
import type { CounterReading } from './counter-series.ts'

/** More was counted behind a wall than went through it. */
export interface Excess {
  readonly windowMs: number
  /** Counted behind the wall. */
  readonly behind: number
  /** At most so many came through. */
  readonly through: number
}

/** What went through a wall was not counted behind it any more. */
export interface Shortfall {
  readonly windowMs: number
  /** At least so many went through. */
  readonly through: number
}

/** The longest window over which counts are compared, in milliseconds. */
export const longestWindowMs = 900_000
/** Fewest that are too many, and the share of all that is within doubt. */
export const excessLimits: { readonly fewest: number; readonly share: number } = { fewest: 3, share: 0.01 }
/** Fewest that must have gone through for none behind to be silence, and the share that was counted before. */
export const shortfallLimits: { readonly fewest: number; readonly share: number; readonly windowMs: number } =
  {
    fewest: 50,
    share: 0.5,
    windowMs: 90_000,
  }
/** What is counted behind the wall may be told this much later: a line is written, read and counted first. */
export const behindLagMs = 15_000
/** A process of the wall that says nothing for this long is gone, with what it counted last. */
export const goneAfterMs = 60_000

/** What must have been explained before a deviation from it says something. */
export const historyLimits: { readonly ms: number; readonly fewest: number } = { ms: 240_000, fewest: 20 }

/** How to judge an excess. */
export interface ExcessOptions {
  /** So many a minute come another way in normal operation, such as health checks. */
  readonly usualPerMinute?: number
  /** Only where everything came through the wall for some minutes before: applications may have other doors. */
  readonly afterHistory?: boolean
}

/**
 * Compares what an application counts with what the wall before it let through. Readings of several processes never are
 * of the same moment, so every doubt is counted for the wall: its count starts before the window, by as much as the
 * other one may lag, and ends after it. Each process behind it is compared alone: two may count the same. While a process of the wall began anew within the window nothing is said: what
 * it counted last is lost. What is left can only have come another way.
 */
export class CounterCheck {
  readonly #through = new Map<string, CounterSeries>()
  readonly #behind = new Map<string, CounterSeries>()
  /** Answers until the next reading. */
  readonly #known = new Map<string, Excess | null>()

  /** A reading of one process of the wall. */
  passed(agent: string, reading: CounterReading): void {
    seriesOf(this.#through, agent).add(reading)
    this.#known.clear()
  }

  /** A reading of one process that counts behind the wall. */
  counted(agent: string, reading: CounterReading): void {
    seriesOf(this.#behind, agent).add(reading)
    this.#known.clear()
  }

  /** Planned end of a process. */
  forget(agent: string): void {
    this.#through.delete(agent)
    this.#behind.delete(agent)
    this.#known.clear()
  }

  /** What came past the wall in the window that shows most of it; null when everything is explained or unknown. */
  excess(options: ExcessOptions = {}): Excess | null {
    const key = JSON.stringify(options)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const excess = this.#excess(options)
    this.#known.set(key, excess)
    return excess
  }

  #excess(options: ExcessOptions): Excess | null {
    let found: Excess | null = null
    for (const series of this.#behind.values()) {
      for (const window of this.#windows(series)) {
        const { behind, startMs, endMs } = window
        const through = behind < excessLimits.fewest ? null : this.#throughMost(startMs, endMs)
        if (through === null || behind - through < doubtOf(window, options)) continue
        if (found !== null && behind - through <= found.behind - found.through) continue
        if (options.afterHistory !== true || this.#wasExplained(series, startMs))
          found = { windowMs: endMs - startMs, behind, through }
      }
    }
    return found
  }

  /** Every window that ends now, the shortest first: one that begins in a quiet moment shows what others cannot. */
  #windows(series: CounterSeries): readonly Window[] {
    const newest = this.#window(series, 0)
    if (newest === null) return []
    const { endMs, endTotal } = newest
    const fromMs = Math.max(this.#knownMs(), endMs - longestWindowMs)
    return series.between(fromMs, endMs).map(({ timeMs, total }) => {
      return { startMs: timeMs, endMs, endTotal, behind: endTotal - total, before: 0 }
    })
  }

  /** Nothing behind the wall although much went through, where most of it was counted before; null otherwise. */
  shortfall(): Shortfall | null {
    const { windowMs, fewest, share } = shortfallLimits
    for (const series of this.#behind.values()) {
      const window = this.#window(series, windowMs)
      if (window === null || window.behind > 0 || window.endMs - window.startMs < windowMs) continue
      // What went through last may not be counted behind yet.
      const through = this.#throughLeast(window.startMs, window.endMs - behindLagMs)
      const before = this.#throughLeast(0, window.startMs)
      if (through >= fewest && before >= fewest && window.before >= before * share)
        return { windowMs, through }
    }
    return null
  }

  /** Whether everything of some minutes before a moment had come through the wall. */
  #wasExplained(series: CounterSeries, untilMs: number): boolean {
    const begin = series.after(this.#knownMs())
    const end = series.before(untilMs)
    if (begin === undefined || end === undefined || end.timeMs - begin.timeMs < historyLimits.ms) return false
    const behind = end.total - begin.total
    const through = this.#throughMost(begin.timeMs, end.timeMs)
    return through !== null && behind >= historyLimits.fewest && behind - through < excessLimits.fewest
  }

  #living(): readonly CounterSeries[] {
    const walls = [...this.#through.values()]
    const newestMs = Math.max(
      ...[...walls, ...this.#behind.values()].map((series) => series.last?.timeMs ?? 0),
    )
    return walls.filter((wall) => (wall.last?.timeMs ?? 0) > newestMs - goneAfterMs)
  }

  /** Where a wall's count began is not known before its first word. */
  #knownMs(): number {
    return Math.max(...this.#living().map((wall) => wall.first?.timeMs ?? 0)) + behindLagMs
  }

  /** What was counted behind the wall between two moments that every process of the wall has spoken after. */
  #window(series: CounterSeries, windowMs: number): Window | null {
    const living = this.#living()
    if (living.length === 0) return null
    const settledMs = Math.min(...living.map((wall) => wall.last?.timeMs ?? 0))
    const knownMs = this.#knownMs()
    const end = series.before(settledMs)
    const wanted = end === undefined ? undefined : series.before(end.timeMs - Math.max(windowMs, 1))
    const start = wanted !== undefined && wanted.timeMs >= knownMs ? wanted : series.after(knownMs)
    if (end === undefined || start === undefined || end.timeMs <= start.timeMs) return null
    return {
      startMs: start.timeMs,
      endMs: end.timeMs,
      endTotal: end.total,
      behind: end.total - start.total,
      before: start.total - (series.first?.total ?? 0),
    }
  }

  /** The most that can have come through; null when a process of the wall took part of its count with it. */
  #throughMost(startMs: number, endMs: number): number | null {
    let through = 0
    for (const wall of this.#through.values()) {
      const fromMs = startMs - behindLagMs
      const lastMs = wall.last?.timeMs ?? 0
      const isGone = lastMs < endMs && lastMs >= fromMs
      if (isGone || (wall.restartMs >= fromMs && wall.restartMs <= endMs + goneAfterMs)) return null
      // A wall that was not there at the start let everything through that it counted since.
      through += (wall.after(endMs)?.total ?? wall.last?.total ?? 0) - (wall.before(fromMs)?.total ?? 0)
    }
    return through
  }

  #throughLeast(fromMs: number, toMs: number): number {
    let through = 0
    for (const wall of this.#through.values()) {
      const [from, to] = [wall.after(fromMs), wall.before(toMs)]
      if (from !== undefined && to !== undefined && to.timeMs > from.timeMs) through += to.total - from.total
    }
    return through
  }
}

interface Window {
  readonly startMs: number
  readonly endMs: number
  readonly endTotal: number
  readonly behind: number
  /** Counted before the window, as far as is remembered. */
  readonly before: number
}

/** How much more than came through is no proof yet. */
function doubtOf({ behind, startMs, endMs }: Window, { usualPerMinute = 0 }: ExcessOptions): number {
  const { fewest, share } = excessLimits
  const usual = Math.ceil((usualPerMinute * (endMs - startMs + behindLagMs)) / 60_000)
  return Math.max(fewest, Math.ceil(behind * share)) + usual
}

function seriesOf(map: Map<string, CounterSeries>, agent: string): CounterSeries {
  const series = map.get(agent) ?? new CounterSeries()
  map.set(agent, series)
  return series
}
