import { windowMinutes } from './baseline.ts'
import type { Baseline } from './baseline.ts'
import { lowerTail } from './negative-binomial.ts'

/** A source that writes too little. */
export interface Quiet {
  /** Window in which it was noticed. */
  readonly minutes: number
  readonly expected: number
  readonly observed: number
  /** Probability of so few events by chance, in one window. */
  readonly probability: number
}

/**
 * Probability in one window below which a source is quiet. Windows overlap and there are several lengths, so the number of
 * false alarms is higher than this a window; `bench/silence` prints what it comes to.
 */
export const quietProbability = 5e-6

const longest = 240

/** Watches the counts of one source, minute by minute. No clock: the minute comes with each call. */
export class ChatterWatch {
  readonly #baseline: Baseline
  readonly #counts = new Float64Array(longest)
  readonly #expected = new Float64Array(longest)
  #next = 0
  #seen = 0

  constructor(baseline: Baseline) {
    this.#baseline = baseline
  }

  /** What is expected in a minute, before the common factor. */
  expected(minute: number): number {
    return this.#baseline.season.perMinute(minute)
  }

  /**
   * Takes the count of the minute that starts `minute` minutes after a Monday 00:00 UTC.
   * `factor` is what the other sources write against their expectation (`commonFactor`); it only lowers the expectation:
   * a quiet site is one incident, not one for each source.
   */
  observe(minute: number, count: number, factor: number = 1): Quiet | null {
    this.#counts[this.#next] = count
    this.#expected[this.#next] = this.expected(minute) * Math.min(1, Math.max(0, factor))
    this.#next = (this.#next + 1) % longest
    this.#seen = Math.min(longest, this.#seen + 1)
    return this.#judge()
  }

  #judge(): Quiet | null {
    let worst: Quiet | null = null
    let observed = 0
    let expected = 0
    let window = 0
    for (let age = 1; age <= this.#seen; age += 1) {
      const at = (this.#next - age + longest) % longest
      observed += this.#counts[at] ?? 0
      expected += this.#expected[at] ?? 0
      const minutes = windowMinutes[window]
      if (age !== minutes) continue
      const probability = lowerTail(observed, expected, this.#baseline.sizes[window] ?? 1)
      if (probability < quietProbability && (worst === null || probability < worst.probability)) {
        worst = { minutes, expected, observed, probability }
      }
      window += 1
    }
    return worst
  }
}

/** One source's last hour, for the common factor. */
export interface SourceShare {
  readonly expected: number
  readonly observed: number
}

/** Fewest other sources that can speak for the whole site. */
export const fewestOthers = 2

/**
 * What the other sources write against their expectation: the median of their ratios, so that one silent or noisy source
 * cannot speak for the site. 1 when there are too few.
 */
export function commonFactor(others: readonly SourceShare[]): number {
  const ratios = others.filter((other) => other.expected >= 5).map((other) => other.observed / other.expected)
  if (ratios.length < fewestOthers) return 1
  const sorted = ratios.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 1)
    : ((sorted[middle - 1] ?? 1) + (sorted[middle] ?? 1)) / 2
}
