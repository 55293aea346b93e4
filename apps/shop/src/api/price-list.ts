import type { Exchange } from '../http/exchange.ts'
import { bodyText } from '../http/exchange.ts'
import { json, jsonError } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import { fetchUrl } from '../process/fetch-url.ts'
import type { Shop } from '../shop.ts'
import { readPrices } from '../xml/read-prices.ts'
import type { PriceList } from '../xml/read-prices.ts'

async function applyPrices(shop: Shop, list: PriceList): Promise<Reply> {
  const refused: string[] = []
  let updated = 0
  for (const { product, text } of list.lines) {
    const euro = Number(text)
    const isPrice =
      text !== '' && Number.isFinite(euro) && euro > 0 && euro < 10_000 && /^\d{1,9}$/.test(product)
    if (!isPrice) refused.push(`product ${product}: "${text.slice(0, 500)}" is no price`)
    else {
      await shop.database.rows('UPDATE products SET price_cents = $1 WHERE id = $2', [
        Math.round(euro * 100),
        Number(product),
      ])
      updated++
    }
  }
  return json({ updated, refused, characters: list.characters })
}

/** `POST /api/price-list`: prices of a supplier as XML. Flaws `xxe-prices` and `entity-expansion`. */
export async function priceList(shop: Shop, exchange: Exchange): Promise<Reply> {
  try {
    const list = await readPrices(bodyText(exchange), {
      external: shop.weak('xxe-prices'),
      nested: shop.weak('entity-expansion'),
      fetchText: async (url) => Buffer.from((await fetchUrl(url)).body).toString('utf8'),
    })
    return await applyPrices(shop, list)
  } catch (error) {
    return jsonError(400, error instanceof Error ? error.message : 'unreadable')
  }
}
