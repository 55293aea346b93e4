import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import { runProgram, runShell } from '../process/run-shell.ts'
import type { Shop } from '../shop.ts'
import { escape } from '../view/escape.ts'
import { page } from '../view/page.ts'

const form = `<form method="post" action="/delivery/label"><label>Name <input name="name" required></label>
<label>Street <input name="street"></label><button>Show label</button></form>`

/** `GET /delivery`: the form for a label. */
export function deliveryForm(_shop: Shop, exchange: Exchange): Reply {
  const main = `<h1>Delivery labels</h1><p>Sending something back? Print the label as our printer will.</p>${form}`
  return html(page({ title: 'Delivery labels', session: exchange.session, main }))
}

/** `POST /delivery/label`. Flaw `command-label`: the text is put into a shell line. */
export async function deliveryLabel(shop: Shop, exchange: Exchange): Promise<Reply> {
  const fields = formOf(exchange)
  const text = `${fields.get('name') ?? ''}, ${fields.get('street') ?? ''}`.slice(0, 1000)
  const label = shop.weak('command-label')
    ? await runShell(`echo ${text} | fold -s -w 28`, shop.folder.root)
    : await runProgram('fold', ['-s', '-w', '28'], { cwd: shop.folder.root, input: text })
  const main = `<h1>Delivery label</h1><pre>${escape(label)}</pre><h2>Another one</h2>${form}`
  return html(page({ title: 'Delivery label', session: exchange.session, main }))
}
