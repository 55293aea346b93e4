import { findHeader } from '../http/header-list.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { PathSet } from '../rate/path-set.ts'

// Feeds, repositories, health checks, machine-readable places: whoever asks there does not render a page.
const machinePath =
  /(?:\.(?:git|rss|atom|xml|json|ics|txt|m3u8|webmanifest)$|\.git\/|\/info\/refs$|\/git-(?:upload|receive)-pack$|^\/\.well-known\/|\/(?:rss|atom|feeds?)(?:\/|$)|^\/(?:health|healthz|livez|readyz|ping|status|metrics)$)/

/**
 * True for a browser that opens a page. Only such a request can be answered with a challenge: API, git, feed, health
 * check and JSON clients, and the requests of scripts and frames of a page, never see one.
 * @param path as `routePath` gives it.
 */
export function isBrowserNavigation(head: RequestHead, path: string, excluded: PathSet): boolean {
  if (head.method !== 'GET' || head.upgrade) return false
  if (!head.userAgent.startsWith('Mozilla/')) return false
  if (machinePath.test(path) || excluded.has(path)) return false
  const accept = findHeader(head.text, 'accept')
  if (accept === undefined || !/\btext\/html\b/i.test(accept)) return false
  const mode = findHeader(head.text, 'sec-fetch-mode')
  if (mode !== undefined && mode !== 'navigate') return false
  const target = findHeader(head.text, 'sec-fetch-dest')
  if (target !== undefined && target !== 'document' && target !== 'iframe') return false
  if (findHeader(head.text, 'authorization')?.toLowerCase().startsWith('bearer ') === true) return false
  return findHeader(head.text, 'x-requested-with') === undefined
}
