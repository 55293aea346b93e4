import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { escape } from '../view/escape.ts'
import { page } from '../view/page.ts'

const placeholder = 'Dear {{name}}, may this lantern light your next {{occasion}}.'

type Values = Readonly<Record<'name' | 'occasion', string>>

/**
 * Fills `{{…}}`. Flaw `template-gift`: what stands inside is compiled as JavaScript instead of looked up.
 */
export function fillTemplate(template: string, values: Values, weak: boolean): string {
  return template.replaceAll(/\{\{(.*?)\}\}/gs, (_whole, inner: string) => {
    const name = inner.trim()
    if (!weak) return name === 'name' || name === 'occasion' ? values[name] : ''
    // oxlint-disable-next-line typescript/no-implied-eval -- the flaw itself
    const evaluate = new Function('name', 'occasion', `return (${inner})`) as (
      name: string,
      occasion: string,
    ) => unknown
    return String(evaluate(values.name, values.occasion))
  })
}

function form(message: string): string {
  return `<form method="post" action="/gift"><label>For <input name="name" value="Ada"></label>
<label>Occasion <input name="occasion" value="night walk"></label>
<label>Message <textarea name="message" rows="4">${escape(message)}</textarea></label><button>Preview</button></form>`
}

/** `GET /gift`: the form. */
export function giftForm(_shop: Shop, exchange: Exchange): Reply {
  const main = `<h1>Gift cards</h1><p>Write your own words; {{name}} and {{occasion}} are filled in.</p>${form(placeholder)}`
  return html(page({ title: 'Gift cards', session: exchange.session, main }))
}

/** `POST /gift`: the preview. */
export function giftPreview(shop: Shop, exchange: Exchange): Reply {
  const fields = formOf(exchange)
  const message = (fields.get('message') ?? placeholder).slice(0, 2000)
  const values = { name: fields.get('name') ?? '', occasion: fields.get('occasion') ?? '' }
  const filled = fillTemplate(message, values, shop.weak('template-gift'))
  const main = `<h1>Your card</h1><div class="card">${escape(filled)}</div><h2>Change it</h2>${form(message)}`
  return html(page({ title: 'Gift cards', session: exchange.session, main }))
}
