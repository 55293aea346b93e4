import type { Row } from '../database/database.ts'
import { escape } from './escape.ts'
import { money } from './money.ts'

/** A list of products as cards. Names and descriptions are escaped. */
export function goods(rows: readonly Row[]): string {
  const cards = rows.map((row) => {
    const id = encodeURIComponent(String(row['id']))
    const art = `/assets/art/${encodeURIComponent(String(row['category']))}.svg`
    return `<li><img src="${art}" alt="" loading="lazy"><div><a href="/product/${id}">${escape(String(row['name']))}</a>
<p>${escape(String(row['description']))}</p><span class="price">${money(Number(row['price_cents']))}</span></div></li>`
  })
  return `<ul class="goods">${cards.join('\n')}</ul>`
}
