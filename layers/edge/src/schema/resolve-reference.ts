import { isJsonObject } from '@sevenfold/event'

/** References behind references that are followed. */
const maxHops = 16

function unescaped(token: string): string {
  return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')
}

/** A name as a part of a JSON pointer in a URI fragment (RFC 6901, section 6). */
export function pointerToken(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** An object of the document with the pointer to it. */
export interface Resolved {
  readonly value: Readonly<Record<string, unknown>>
  readonly pointer: string
}

/** Follows `$ref` within a document to an object; null when it leads nowhere. */
export function resolveReference(root: unknown, start: unknown, pointer: string): Resolved | null {
  let value = start
  let at = pointer
  for (let hop = 0; hop < maxHops; hop += 1) {
    if (!isJsonObject(value)) return null
    const reference = value['$ref']
    if (typeof reference !== 'string') return { value, pointer: at }
    at = reference
    value = root
    for (const token of reference.slice(2).split('/')) {
      const name = unescaped(token)
      if (Array.isArray(value)) value = (value as unknown[])[Number(name)]
      else value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
    }
  }
  return null
}
