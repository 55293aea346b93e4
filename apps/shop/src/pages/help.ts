import type { Exchange } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import { runProgram } from '../process/run-shell.ts'
import type { Shop } from '../shop.ts'
import { escape } from '../view/escape.ts'
import { page } from '../view/page.ts'

/** Arguments of grep. Flaw `argument-help`: words of the visitor become arguments of their own. */
function grepArguments(shop: Shop, topic: string): readonly string[] {
  const options = ['-i', '-h', '-s']
  if (shop.weak('argument-help')) return [...options, ...topic.split(' '), 'help.txt']
  return [...options, '-F', '-e', topic, '--', 'help.txt']
}

/** `GET /help?topic=`: lines of the help text. */
export async function help(shop: Shop, exchange: Exchange): Promise<Reply> {
  const topic = (exchange.query.get('topic') ?? '').trim().slice(0, 200)
  const found =
    topic === '' ? '' : await runProgram('grep', grepArguments(shop, topic), { cwd: shop.folder.root })
  const links = ['Returns', 'Shipping', 'Payment', 'Repairs', 'Warranty']
  const list = links
    .map((name) => `<li><a href="/help?topic=${name.toLowerCase()}">${name}</a></li>`)
    .join('')
  const answer =
    topic === '' ? '' : `<pre>${found === '' ? 'Nothing about that. Write to us.' : escape(found)}</pre>`
  const main = `<h1>Help</h1><form><label>What about? <input name="topic" value="${escape(topic)}"></label><button>Ask</button></form>${answer}<ul>${list}</ul>`
  return html(page({ title: 'Help', session: exchange.session, main }))
}
