import type { Shop } from '../shop.ts'
import type { Exchange } from './exchange.ts'
import type { Reply } from './reply.ts'

/** Answers one kind of request. A thrown error becomes a 500 page. */
export type Handler = (shop: Shop, exchange: Exchange) => Reply | Promise<Reply>

/** A method, a path such as `/product/:id` or `/assets/*`, and who answers. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly handler: Handler
}

/** The parts that a path names, or undefined when it is another path. `*` takes the rest, slashes included, undecoded. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    if (part === '*') return { ...params, rest: given.slice(index).join('/') }
    const value = given[index]
    if (value === undefined) return undefined
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = decodeOnce(value)
    else if (part !== value) return undefined
  }
  return wanted.length === given.length ? params : undefined
}

/** Percent-decodes; text that is not valid stays as it is. */
export function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
