import { Buffer } from 'node:buffer'

const wrongEscape = /%(?![0-9a-fA-F]{2})/

/** A percent-encoded text decoded; `plus` takes `+` for a space. Undefined when an escape is malformed (Go's net/url). */
export function decodePercent(text: string, plus: boolean): string | undefined {
  const hasPlus = plus && text.includes('+')
  if (!text.includes('%')) return hasPlus ? text.replaceAll('+', ' ') : text
  if (wrongEscape.test(text)) return undefined
  const spaced = hasPlus ? text.replaceAll('+', ' ') : text
  return spaced.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}

const escaped = (letter: string): string =>
  [...new TextEncoder().encode(letter)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')

/** Go's url.PathEscape. */
export function encodePath(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9\-_.~$&+=:@]/gu, escaped)
}

/** Go's url.QueryEscape. */
export function encodeQuery(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9\-_.~]/gu, (letter) => (letter === ' ' ? '+' : escaped(letter)))
}
