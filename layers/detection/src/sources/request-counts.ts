import { siteRequestsCounter } from '@sevenfold/event'
import type { Counter, Metrics } from '@sevenfold/layer'
import { isRequestLine } from './is-request-line.ts'
import type { SourceConfig } from './line-taker.ts'

/** Sites whose requests are counted. */
export const maxCountedSites = 64

interface SiteCount {
  readonly counter: Counter
  most: number
}

/**
 * Counts the requests that the logs of each site show, for the comparison with what the edge passed on to it. Two logs
 * of one site may show the same requests, so that of several the longest counts.
 */
export class RequestCounts {
  readonly #metrics: Metrics
  readonly #sites = new Map<string, SiteCount>()

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** Called with each line of a source that could be read. */
  forSource({ site, format }: Pick<SourceConfig, 'site' | 'format'>): (text: string) => void {
    const count = site === undefined ? undefined : this.#site(site)
    let own = 0
    return (text) => {
      if (count === undefined || !isRequestLine(format, text)) return
      own += 1
      if (own <= count.most) return
      count.counter.inc(own - count.most)
      count.most = own
    }
  }

  #site(name: string): SiteCount | undefined {
    const known = this.#sites.get(name)
    if (known !== undefined || this.#sites.size >= maxCountedSites) return known
    const metric = siteRequestsCounter('logged', name)
    const counter = this.#metrics.counter(metric, `Requests that the logs of site ${name} show`)
    const count = { counter, most: 0 }
    this.#sites.set(name, count)
    return count
  }
}
