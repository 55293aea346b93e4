import { passedRequestsCounter, siteRequestsCounter } from '@sevenfold/event'
import type { Counter, Metrics } from '@sevenfold/layer'

/** Sites with a counter of their own; all of them are in the total. */
export const maxCountedSites = 64

/**
 * Publishes how many requests were passed on to the upstreams, in all and to each site. The heartbeat carries these
 * counters; the backbone compares them with what applications and their logs count.
 */
export class PassedCounts {
  readonly #metrics: Metrics
  readonly #total: Counter
  readonly #sites = new Map<string, { readonly counter: Counter; told: number }>()
  #told = 0

  constructor(metrics: Metrics) {
    this.#metrics = metrics
    this.#total = metrics.counter(passedRequestsCounter, 'Requests that were passed on to an upstream')
  }

  /** Takes the requests of each site since the start. */
  publish(passed: ReadonlyMap<string, number>): void {
    let sum = 0
    for (const [site, count] of passed) {
      sum += count
      const known = this.#site(site)
      if (known === undefined) continue
      known.counter.inc(count - known.told)
      known.told = count
    }
    this.#total.inc(sum - this.#told)
    this.#told = sum
  }

  #site(site: string): { readonly counter: Counter; told: number } | undefined {
    const known = this.#sites.get(site)
    if (known !== undefined || this.#sites.size >= maxCountedSites) return known
    const counter = this.#metrics.counter(
      siteRequestsCounter('passed', site),
      `Requests that were passed on to the upstream of site ${site}`,
    )
    const fresh = { counter, told: 0 }
    this.#sites.set(site, fresh)
    return fresh
  }
}
