import { escapeHtml } from '@sevenfold/event'
import { findHeader } from '../http/header-list.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { AnswerPage, BlockPages, PageFacts } from './block-pages.ts'

type PageKind = 'html' | 'json' | 'text'

/** API clients get JSON, browsers a page, everybody else one line (RFC 9110 section 12.5.1, without weights). */
function kindOf(head: RequestHead | null): PageKind {
  const accept = head === null ? undefined : findHeader(head.text, 'accept')
  if (accept === undefined) return 'text'
  if (/\btext\/html\b/i.test(accept)) return 'html'
  return /\bjson\b/i.test(accept) ? 'json' : 'text'
}

const types: Readonly<Record<PageKind, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
}

function bodyOf(kind: PageKind, facts: PageFacts): string {
  const { status, title, id, code } = facts
  switch (kind) {
    case 'html':
      return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status} ${escapeHtml(title)}</title><style>body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}code{overflow-wrap:anywhere}</style><h1>${escapeHtml(title)}</h1><p>If you think this is a mistake, tell the operator of this site the request id:</p><p><code>${escapeHtml(id)}</code></p></html>\n`
    case 'json':
      return `${JSON.stringify({ status, error: title, code, requestId: id })}\n`
    case 'text':
      return `${status} ${title}\nrequest id: ${id}\n`
  }
}

/**
 * The answer of the edge itself: what happened, in the client's own type, with the request id to ask about. It never
 * says which rule matched.
 */
export function answerPage(head: RequestHead | null, facts: PageFacts, pages?: BlockPages): AnswerPage {
  const own = pages?.page(head, facts) ?? null
  if (own !== null) return own
  const kind = kindOf(head)
  return {
    fields: `Content-Type: ${types[kind]}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ${facts.id}\r\n`,
    body: bodyOf(kind, facts),
  }
}
