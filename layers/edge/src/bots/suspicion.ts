import type { HeadFacts } from '../http/head-facts.ts'

/** Why a browser is doubted, and by how many points. */
export interface Suspicion {
  readonly points: number
  readonly reasons: readonly string[]
}

interface Sign {
  readonly reason: string
  readonly points: number
  holds(facts: HeadFacts, secure: boolean): boolean
}

const chromium = /\b(?:Chrome|Chromium|Edg)\/(\d{2,3})/
const firefox = /\bFirefox\/(\d{2,3})/
const oldest = { chromium: 70, firefox: 60 } as const

/** What the name of a browser tells. */
interface BrowserKind {
  readonly modern: boolean
  readonly ancient: boolean
  readonly chromium: boolean
  readonly headless: boolean
  readonly bare: boolean
}

const remembered = 2048
const kinds = new Map<string, BrowserKind>()

function readKind(userAgent: string): BrowserKind {
  const chrome = chromium.exec(userAgent)?.[1]
  const fox = firefox.exec(userAgent)?.[1]
  const old = /\bMSIE \d|\bWindows NT 5\.|\bWindows 9[58]/.test(userAgent)
  return {
    modern: Number(chrome ?? 0) >= 85 || Number(fox ?? 0) >= 90,
    ancient: old || Number(chrome ?? 999) < oldest.chromium || Number(fox ?? 999) < oldest.firefox,
    chromium: chrome !== undefined,
    headless: /HeadlessChrome|PhantomJS|Electron\//.test(userAgent),
    bare: /^Mozilla\/[45]\.0(?: \(compatible\))?$/.test(userAgent),
  }
}

/** The same few names come again and again: they are remembered in bounded memory. */
function kindOf(userAgent: string): BrowserKind {
  const known = kinds.get(userAgent)
  if (known !== undefined) return known
  const made = readKind(userAgent.slice(0, 512))
  if (kinds.size >= remembered) kinds.clear()
  if (userAgent.length <= 512) kinds.set(userAgent, made)
  return made
}

/** HTTP/2 has no such order: the host is no header line there. */
function agentIsFirst({ head, firstName }: HeadFacts): boolean {
  return head.protocol !== '2' && (firstName === 'user-agent' || firstName === 'accept')
}

/**
 * Signs that a request which calls itself a browser's does not come from one. None is proof: they add up, and what
 * they lead to is a challenge that a browser passes by itself.
 */
const signs: readonly Sign[] = [
  { reason: 'no-accept-language', points: 3, holds: (facts) => facts.acceptLanguage === undefined },
  { reason: 'no-accept-encoding', points: 3, holds: (facts) => facts.acceptEncoding === undefined },
  { reason: 'http-1.0', points: 2, holds: ({ head }) => head.protocol === '1.0' },
  { reason: 'connection-close', points: 1, holds: ({ head }) => head.protocol === '1.1' && !head.keepAlive },
  { reason: 'agent-before-host', points: 2, holds: agentIsFirst },
  { reason: 'ancient-browser', points: 2, holds: ({ head }) => kindOf(head.userAgent).ancient },
  // Browsers send Sec-Fetch headers to encrypted sites only.
  {
    reason: 'no-fetch-metadata',
    points: 4,
    holds: (facts, secure) => secure && facts.fetchMode === undefined && kindOf(facts.head.userAgent).modern,
  },
  {
    reason: 'no-client-hints',
    points: 2,
    holds: (facts, secure) => {
      const { modern, chromium } = kindOf(facts.head.userAgent)
      return secure && facts.clientHints === undefined && modern && chromium
    },
  },
  { reason: 'headless', points: 3, holds: ({ head }) => kindOf(head.userAgent).headless },
  { reason: 'bare-agent', points: 4, holds: ({ head }) => kindOf(head.userAgent).bare },
]

/** Adds up the signs of a request that calls itself a browser's. */
export function suspicionOf(facts: HeadFacts, secure: boolean): Suspicion {
  let points = 0
  const reasons: string[] = []
  for (const sign of signs) {
    if (!sign.holds(facts, secure)) continue
    points += sign.points
    reasons.push(sign.reason)
  }
  return { points, reasons }
}
