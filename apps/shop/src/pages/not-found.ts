import type { Exchange } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import { page } from '../view/page.ts'

/** The 404 page. */
export function notFound(exchange: Exchange): Reply {
  const main = '<h1>Lost the path</h1><p>This page does not exist. <a href="/">Back to the start</a>.</p>'
  return html(page({ title: 'Not found', session: exchange.session, main }), 404)
}
