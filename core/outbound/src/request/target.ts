import { escapeText } from '@sevenfold/event'
import { OutboundError } from '../error.ts'

/** Longest URL, in characters. */
export const maxUrlLength = 8192

/**
 * Checks a URL: http or https, no user name or password, no characters that the parser silently drops. The parser
 * turns decimal, octal and hexadecimal addresses (`http://2130706433`, `http://0177.1`) into plain ones, so what is
 * checked afterwards is what will be connected to.
 * @throws OutboundError OUTBOUND_URL.
 */
export function readTarget(text: string, base?: URL): URL {
  const shown = escapeText(text, 80)
  if (text.length > maxUrlLength)
    throw new OutboundError('OUTBOUND_URL', `the URL is longer than ${maxUrlLength} characters`)
  // The URL parser removes tabs and line breaks and reads a backslash as a slash: two readers, two targets.
  if (/[\s\\\u0000-\u001f\u007f]/.test(text))
    throw new OutboundError('OUTBOUND_URL', `the URL holds characters that do not belong there: ${shown}`)
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined
  if (url === undefined) throw new OutboundError('OUTBOUND_URL', `not a URL: ${shown}`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OutboundError(
      'OUTBOUND_URL',
      `only http and https are spoken, not ${escapeText(url.protocol, 20)}`,
    )
  }
  if (url.username !== '' || url.password !== '')
    throw new OutboundError('OUTBOUND_URL', 'a URL never carries a password')
  url.hash = ''
  return url
}

/** Host of a URL as the resolver and the address check take it: IPv6 without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}
