import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { seeOther } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import type { CartLine } from '../state/session.ts'
import { escape } from '../view/escape.ts'
import { functionMark } from './cart-export.ts'
import { cartReply } from './cart.ts'

interface SavedCart {
  readonly lines?: unknown
  readonly label?: unknown
}

function read(text: string): SavedCart | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function cartLines(value: unknown): CartLine[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, 50).flatMap((line: unknown) => {
    const { product, quantity } = (line ?? {}) as Partial<CartLine>
    return Number.isSafeInteger(product) && Number.isSafeInteger(quantity)
      ? [{ product: product ?? 0, quantity: quantity ?? 1 }]
      : []
  })
}

/** Flaw `deserialise-cart`: functions in the saved text come to life. */
function labelOf(shop: Shop, saved: SavedCart, lines: readonly CartLine[]): string {
  const label = typeof saved.label === 'string' ? saved.label : ''
  if (!label.startsWith(functionMark)) return label
  if (!shop.weak('deserialise-cart')) return `${lines.length} items`
  // oxlint-disable-next-line typescript/no-implied-eval -- the flaw itself
  const revive = new Function(`return (${label.slice(functionMark.length)})`) as () => (
    lines: readonly CartLine[],
  ) => unknown
  return String(revive()(lines))
}

/** `POST /cart/import`: loads a saved cart. */
export async function importCart(shop: Shop, exchange: Exchange): Promise<Reply> {
  const saved = read(formOf(exchange).get('cart') ?? '')
  if (saved === undefined) return cartReply(shop, exchange, 'That is no saved cart.', 422)
  const lines = cartLines(saved.lines)
  const label = labelOf(shop, saved, lines)
  exchange.session.cart = lines
  if (exchange.headers.accept?.includes('json') === true) return seeOther('/cart')
  return cartReply(shop, exchange, `Loaded: ${escape(label)}`)
}
