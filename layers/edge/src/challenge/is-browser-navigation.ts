import type { HeadFacts } from '../http/head-facts.ts'
import type { PathSet } from '../rate/path-set.ts'

// Feeds, repositories, health checks, machine-readable places: whoever asks there does not render a page.
const machinePath =
  /(?:\.(?:git|rss|atom|xml|json|ics|txt|m3u8|webmanifest)$|\.git\/|\/info\/refs$|\/git-(?:upload|receive)-pack$|^\/\.well-known\/|\/(?:rss|atom|feeds?)(?:\/|$)|^\/(?:health|healthz|livez|readyz|ping|status|metrics)$)/

/**
 * True for a browser that opens a page. Only such a request can be answered with a challenge: API, git, feed, health
 * check and JSON clients, and the requests of scripts and frames of a page, never see one.
 * @param path as `routePath` gives it.
 */
export function isBrowserNavigation(facts: HeadFacts, path: string, excluded: PathSet): boolean {
  const { head, accept, fetchMode, fetchDest, authorization } = facts
  if (head.method !== 'GET' || head.upgrade) return false
  if (!head.userAgent.startsWith('Mozilla/')) return false
  if (machinePath.test(path) || excluded.has(path)) return false
  if (accept === undefined || !/\btext\/html\b/i.test(accept)) return false
  if (fetchMode !== undefined && fetchMode !== 'navigate') return false
  if (fetchDest !== undefined && fetchDest !== 'document' && fetchDest !== 'iframe') return false
  if (authorization?.toLowerCase().startsWith('bearer ') === true) return false
  return facts.requestedWith === undefined
}
