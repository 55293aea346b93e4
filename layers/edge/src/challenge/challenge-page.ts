import { createHash } from 'node:crypto'
import { escapeHtml } from '@sevenfold/event'
import { solveScript } from './solve-script.ts'

/** What a challenge page is made of. */
export interface ChallengePageFacts {
  readonly token: string
  readonly difficulty: number
  /** Where the solution goes to, with everything but the solution. */
  readonly way: string
  /** Where a browser without scripts goes to after `waitSeconds`; null when it may not. */
  readonly waitWay: string | null
  readonly waitSeconds: number
  readonly requestId: string
}

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}code{overflow-wrap:anywhere}'

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Header lines of the page. Nothing but our own script and style runs, and nobody may frame it. */
export const challengeFields: string = [
  'Content-Type: text/html; charset=utf-8',
  'Cache-Control: no-store',
  `Content-Security-Policy: default-src 'none'; script-src ${digest(solveScript)}; style-src ${digest(style)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'X-Content-Type-Options: nosniff',
  'Referrer-Policy: same-origin',
  'X-Robots-Tag: noindex',
  '',
].join('\r\n')

/** The page that a browser gets: it says what happens, works with a screen reader, and without scripts. */
export function challengePage(facts: ChallengePageFacts): string {
  const { waitWay, waitSeconds } = facts
  const without =
    waitWay === null
      ? '<p>This check needs scripts. Please turn them on and load the page again.</p>'
      : `<meta http-equiv="refresh" content="${waitSeconds + 1};url=${escapeHtml(waitWay)}"><p>Scripts are off: the page opens by itself in ${waitSeconds + 1} seconds, or <a href="${escapeHtml(waitWay)}">open it then</a>.</p>`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>One moment</title><style>${style}</style><main data-token="${escapeHtml(facts.token)}" data-bits="${facts.difficulty}" data-way="${escapeHtml(facts.way)}"><h1>One moment</h1><p>This site checks that a browser is asking. Nothing is needed of you.</p><p role="status">Checking…</p><noscript>${without}</noscript><p>If the page does not open, tell the operator of this site the request id: <code>${escapeHtml(facts.requestId)}</code></p></main><script>${solveScript}</script></html>\n`
}
