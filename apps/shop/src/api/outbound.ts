import type { Exchange } from '../http/exchange.ts'
import { jsonOf } from '../http/exchange.ts'
import { json, jsonError } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import { isPublicUrl } from '../net/is-public-url.ts'
import { fetchUrl } from '../process/fetch-url.ts'
import type { Shop } from '../shop.ts'

function reason(error: unknown): string {
  return error instanceof Error ? error.message : 'failed'
}

/** `GET /api/image?url=`: a picture of a supplier. Flaw `ssrf-image`: any address is fetched and shown. */
export async function image(shop: Shop, exchange: Exchange): Promise<Reply> {
  const url = exchange.query.get('url') ?? ''
  if (!shop.weak('ssrf-image') && !isPublicUrl(url)) return jsonError(400, 'that address is not public')
  try {
    const fetched = await fetchUrl(url)
    return { status: 200, headers: { 'content-type': fetched.type }, body: fetched.body }
  } catch (error) {
    return jsonError(502, `could not fetch the picture: ${reason(error)}`)
  }
}

/**
 * `POST /api/webhook {url}`: tries a partner's webhook. Flaw `ssrf-webhook`: the filter looks for two spellings
 * of loopback and knows no other.
 */
export async function webhook(shop: Shop, exchange: Exchange): Promise<Reply> {
  const url = jsonOf(exchange)?.['url']
  if (typeof url !== 'string') return jsonError(400)
  const isFiltered = url.includes('127.0.0.1') || url.includes('localhost')
  if (isFiltered || (!shop.weak('ssrf-webhook') && !isPublicUrl(url)))
    return jsonError(400, 'that address is not allowed')
  try {
    const fetched = await fetchUrl(url, { body: JSON.stringify({ event: 'test' }) })
    const start = Buffer.from(fetched.body).toString('utf8').slice(0, 500)
    return json({ status: fetched.status, start })
  } catch (error) {
    return jsonError(502, `could not reach the webhook: ${reason(error)}`)
  }
}
