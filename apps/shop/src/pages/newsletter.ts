import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import { runShell } from '../process/run-shell.ts'
import type { Shop } from '../shop.ts'
import { page } from '../view/page.ts'

/** `POST /newsletter`. Flaw `command-newsletter`: the address goes through a shell, and nothing of it is shown. */
export async function newsletter(shop: Shop, exchange: Exchange): Promise<Reply> {
  const email = (formOf(exchange).get('email') ?? '').slice(0, 300)
  if (!email.includes('@')) {
    return html(page({ title: 'Newsletter', session: exchange.session, main: '<h1>No address</h1>' }), 422)
  }
  if (shop.weak('command-newsletter')) await runShell(`echo "${email}" >> newsletter.txt`, shop.folder.root)
  else appendFileSync(join(shop.folder.root, 'newsletter.txt'), `${email}\n`)
  const main = '<h1>Welcome aboard</h1><p>The next letter leaves on the first of the month.</p>'
  return html(page({ title: 'Newsletter', session: exchange.session, main }))
}
