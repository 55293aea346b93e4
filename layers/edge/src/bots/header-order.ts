import { createHash } from 'node:crypto'
import { HeaderCursor } from '../http/header-cursor.ts'
import { findHeader } from '../http/header-list.ts'
import type { RequestHead } from '../http/request-head.ts'

const cursor = new HeaderCursor()
// Values of these differ from request to request of one program.
const passing = new Set([
  'cookie',
  'authorization',
  'referer',
  'if-none-match',
  'if-modified-since',
  'range',
  'content-length',
  'content-type',
  'origin',
  'cache-control',
  'pragma',
  'x-forwarded-for',
  'x-real-ip',
])

/** Names of the header lines of a head in their order, as sent. */
export function headerNames(head: RequestHead): readonly string[] {
  const names: string[] = []
  cursor.open(head.text, head.text.indexOf('\r\n') + 2)
  while (cursor.next()) names.push(head.text.slice(cursor.nameStart, cursor.nameEnd))
  return names
}

/**
 * Fingerprint of the program behind a request by the order and spelling of its header lines, a form of our own:
 * `o1-` version (0, 1 or 2), number of lines, how names are spelled (t: Like-This, l: like-this, m: both), eight hexadecimal digits
 * over the order of lasting names, four over Accept-Encoding and the first language. Two requests of one program mostly
 * agree; it is a hint and no proof.
 */
export function headerOrder(head: RequestHead): string {
  const names = headerNames(head)
  const lasting = names.filter((name) => !passing.has(name.toLowerCase()))
  const lower = lasting.filter((name) => name === name.toLowerCase()).length
  const spelling = lower === 0 ? 't' : lower === lasting.length ? 'l' : 'm'
  const order = createHash('sha256').update(lasting.join('\n')).digest('hex').slice(0, 8)
  const accepts = `${findHeader(head.text, 'accept-encoding') ?? ''}\n${(findHeader(head.text, 'accept-language') ?? '').split(/[,;]/, 1)[0]}`
  const taste = createHash('sha256').update(accepts).digest('hex').slice(0, 4)
  return `o1-${head.protocol === '2' ? 2 : head.minorVersion}${String(names.length).padStart(2, '0')}${spelling}-${order}-${taste}`
}
