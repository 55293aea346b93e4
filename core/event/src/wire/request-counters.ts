const passedPrefix = 'sevenfold_edge_upstream_requests_'
const loggedPrefix = 'sevenfold_detection_requests_'
const suffix = '_total'

/** Counter of the requests that the edge passed on to all upstreams (docs/wire/heartbeat.md). */
export const passedRequestsCounter = 'sevenfold_edge_upstream_requests_total'

/** Counter of the requests that the agents inside the applications met. */
export const metRequestsCounter = 'sevenfold_runtime_requests_total'

/** What a counter of one site counts: requests that the edge passed on to it, or that its own log shows. */
export type SiteCounterKind = 'passed' | 'logged'

/** Counter of one site; `site` is its name in the configuration, where `-` is the only character a metric cannot carry. */
export function siteRequestsCounter(kind: SiteCounterKind, site: string): string {
  return `${kind === 'passed' ? passedPrefix : loggedPrefix}${site.replaceAll('-', '_')}${suffix}`
}

/** Which site a counter speaks of, with `_` where the name has `-`; undefined: not a counter of a site. */
export function siteOfCounter(counter: string): { kind: SiteCounterKind; site: string } | undefined {
  if (!counter.endsWith(suffix)) return undefined
  for (const [kind, prefix] of [
    ['passed', passedPrefix],
    ['logged', loggedPrefix],
  ] as const) {
    const site = counter.slice(prefix.length, -suffix.length)
    if (counter.startsWith(prefix) && /^[a-z0-9_]{1,63}$/.test(site)) return { kind, site }
  }
  return undefined
}
