import { metRequestsCounter, passedRequestsCounter, siteOfCounter } from '@sevenfold/event'
import { CounterCheck } from '@sevenfold/silence'
import type { Excess } from '@sevenfold/silence'
import type { SilenceFinding } from './finding.ts'

/** Most sites whose requests are compared. */
export const maxComparedSites = 64

/** The counters of one heartbeat. */
export interface CounterStatement {
  readonly timeMs: number
  readonly boot: number
  readonly counters: Readonly<Record<string, number>>
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

/**
 * Compares the requests that the edge passed on with those that the agents inside the applications met, over all sites,
 * and with those that each site's own log shows. More behind the edge than in front of it came another way; a log
 * without a line while requests go to its application is muted.
 */
export class TrafficCheck {
  readonly #usualPerMinute: number
  readonly #agents = new CounterCheck()
  readonly #sites = new Map<string, CounterCheck>()

  /** `usualPerMinute`: requests that come past the edge in normal operation, such as health checks. */
  constructor(usualPerMinute: number) {
    this.#usualPerMinute = usualPerMinute
  }

  /** Planned end of a writer. */
  forget(agent: string): void {
    for (const check of [this.#agents, ...this.#sites.values()]) check.forget(agent)
  }

  take(agent: string, { timeMs, boot, counters }: CounterStatement): void {
    const passed = counters[passedRequestsCounter]
    if (passed !== undefined) this.#agents.passed(agent, { timeMs, boot, value: passed })
    const met = counters[metRequestsCounter]
    if (met !== undefined) this.#agents.counted(agent, { timeMs, boot, value: met })
    const told = new Set<string>()
    for (const [name, value] of Object.entries(counters)) {
      const of = siteOfCounter(name)
      if (of?.kind === 'passed') {
        told.add(of.site)
        this.#site(of.site)?.passed(agent, { timeMs, boot, value })
      } else if (of?.kind === 'logged') this.#site(of.site)?.counted(agent, { timeMs, boot, value })
    }
    if (passed === undefined || told.size >= maxComparedSites) return
    // A site that an edge process does not name got nothing from it so far.
    for (const [site, check] of this.#sites)
      if (!told.has(site)) check.passed(agent, { timeMs, boot, value: 0 })
  }

  #site(name: string): CounterCheck | undefined {
    const known = this.#sites.get(name)
    if (known !== undefined || this.#sites.size >= maxComparedSites) return known
    const check = new CounterCheck()
    this.#sites.set(name, check)
    return check
  }

  /** What does not add up now. */
  findings(nowMs: number): readonly SilenceFinding[] {
    return [...this.#bypassed(nowMs), ...this.#muted(nowMs)]
  }

  #bypassed(nowMs: number): readonly SilenceFinding[] {
    const options = { usualPerMinute: this.#usualPerMinute }
    const found = [...this.#sites].flatMap(([site, check]): [string, Excess][] => {
      const excess = check.excess(options)
      return excess === null ? [] : [[`the log of site ${site} shows`, excess]]
    })
    // Services call each other as well: only what was different before says something.
    const met = this.#agents.excess({ ...options, afterHistory: true })
    if (met !== null) found.push(['the agent inside the application met', met])
    const [first] = found
    if (first === undefined) return []
    const [who, { behind, windowMs, through }] = first
    const message = `${who} ${behind} requests in ${seconds(windowMs)}, and at most ${through} came through the edge`
    return [{ kind: 'edge-bypassed', part: 'edge', message, sinceMs: nowMs - windowMs }]
  }

  #muted(nowMs: number): readonly SilenceFinding[] {
    return [...this.#sites].flatMap(([site, check]): SilenceFinding[] => {
      const shortfall = check.shortfall()
      if (shortfall === null) return []
      const { through, windowMs } = shortfall
      const message = `the edge passed ${through} requests on to site ${site} in ${seconds(windowMs)}, and its log shows none`
      const about = { part: 'detection', agent: `log of ${site}`, sinceMs: nowMs - windowMs }
      return [{ kind: 'upstream-muted', message, ...about }]
    })
  }
}
