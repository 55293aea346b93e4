import type { Row } from '../database/database.ts'
import { escape } from './escape.ts'
import { money } from './money.ts'

/** Turn of the colours of a product's drawing, in degrees, so that goods of one category do not look the same. */
export function hueOf(id: unknown): number {
  const number = Number(id)
  return Number.isSafeInteger(number) ? ((number * 53) % 120) - 60 : 0
}

/** A list of products as cards. Names and descriptions are escaped. */
export function goods(rows: readonly Row[]): string {
  const cards = rows.map((row) => {
    const id = encodeURIComponent(String(row['id']))
    const art = `/assets/art/${encodeURIComponent(String(row['category']))}.svg`
    return `<li><img src="${art}" alt="" style="--turn: ${hueOf(row['id'])}deg"><div><a href="/product/${id}">${escape(String(row['name']))}</a>
<p>${escape(String(row['description']))}</p><span class="price">${money(Number(row['price_cents']))}</span></div></li>`
  })
  return `<ul class="goods">${cards.join('\n')}</ul>`
}
