import { findHeader } from '../http/header-list.ts'
import type { RequestHead } from '../http/request-head.ts'
import { headerNames } from './header-order.ts'

/** Why a browser is doubted, and by how many points. */
export interface Suspicion {
  readonly points: number
  readonly reasons: readonly string[]
}

interface Sign {
  readonly reason: string
  readonly points: number
  holds(head: RequestHead, secure: boolean): boolean
}

const has = (head: RequestHead, name: string): boolean => findHeader(head.text, name) !== undefined
const chromium = /\b(?:Chrome|Chromium|Edg)\/(\d{2,3})/
const firefox = /\bFirefox\/(\d{2,3})/
const oldest = { chromium: 70, firefox: 60 } as const

function isModern(head: RequestHead): boolean {
  const version = Number(chromium.exec(head.userAgent)?.[1] ?? 0)
  return version >= 85 || Number(firefox.exec(head.userAgent)?.[1] ?? 0) >= 90
}

function isAncient({ userAgent }: RequestHead): boolean {
  const chrome = chromium.exec(userAgent)?.[1]
  const fox = firefox.exec(userAgent)?.[1]
  if (/\bMSIE \d|\bWindows NT 5\.|\bWindows 9[58]/.test(userAgent)) return true
  return (
    (chrome !== undefined && Number(chrome) < oldest.chromium) ||
    (fox !== undefined && Number(fox) < oldest.firefox)
  )
}

/** HTTP/2 has no such order: the host is no header line there. */
function agentIsFirst(head: RequestHead): boolean {
  if (head.protocol === '2') return false
  const [first = ''] = headerNames(head)
  return first.toLowerCase() === 'user-agent' || first.toLowerCase() === 'accept'
}

/**
 * Signs that a request which calls itself a browser's does not come from one. None is proof: they add up, and what
 * they lead to is a challenge that a browser passes by itself.
 */
const signs: readonly Sign[] = [
  { reason: 'no-accept-language', points: 3, holds: (head) => !has(head, 'accept-language') },
  { reason: 'no-accept-encoding', points: 3, holds: (head) => !has(head, 'accept-encoding') },
  { reason: 'http-1.0', points: 2, holds: (head) => head.protocol === '1.0' },
  { reason: 'connection-close', points: 1, holds: (head) => head.protocol === '1.1' && !head.keepAlive },
  { reason: 'agent-before-host', points: 2, holds: agentIsFirst },
  { reason: 'ancient-browser', points: 2, holds: isAncient },
  // Browsers send Sec-Fetch headers to encrypted sites only.
  {
    reason: 'no-fetch-metadata',
    points: 4,
    holds: (head, secure) => secure && isModern(head) && !has(head, 'sec-fetch-mode'),
  },
  {
    reason: 'no-client-hints',
    points: 2,
    holds: (head, secure) =>
      secure && chromium.test(head.userAgent) && isModern(head) && !has(head, 'sec-ch-ua'),
  },
  {
    reason: 'headless',
    points: 3,
    holds: (head) => /HeadlessChrome|PhantomJS|Electron\//.test(head.userAgent),
  },
  {
    reason: 'bare-agent',
    points: 4,
    holds: (head) =>
      /^Mozilla\/[45]\.0$/.test(head.userAgent) || head.userAgent === 'Mozilla/5.0 (compatible)',
  },
]

/** Adds up the signs of a request that calls itself a browser's. */
export function suspicionOf(head: RequestHead, secure: boolean): Suspicion {
  let points = 0
  const reasons: string[] = []
  for (const sign of signs) {
    if (!sign.holds(head, secure)) continue
    points += sign.points
    reasons.push(sign.reason)
  }
  return { points, reasons }
}
