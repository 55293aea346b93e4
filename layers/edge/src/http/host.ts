/** A validated Host value. */
export interface HostValue {
  /** Lower case, without port; IPv6 in brackets. */
  readonly name: string
  /** Port text or empty. */
  readonly port: string
  /** As forwarded: name and, where given, `:port`. */
  readonly authority: string
}

// Narrower than RFC 3986 reg-name on purpose: percent escapes, sub-delims and user info in Host are read differently
// by different servers.
const form = /^(?:([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?)|(\[[0-9A-Fa-f:.]{2,45}\]))(?::([0-9]{1,5}))?$/
const maxHostLength = 261

const memory = new Map<string, HostValue | null>()
const memorySize = 512

function parse(text: string): HostValue | null {
  if (text.length > maxHostLength) return null
  const match = form.exec(text)
  if (match === null) return null
  const port = match[3] ?? ''
  if (port !== '' && Number(port) > 65_535) return null
  const name = (match[1] ?? match[2] ?? '').toLowerCase()
  if (name.includes('..')) return null
  return { name, port, authority: port === '' ? name : `${name}:${port}` }
}

/**
 * Reads a Host value or the authority of an absolute-form target (RFC 9110 section 7.2); null when malformed. The
 * last few hundred spellings are remembered, because nearly all requests repeat them.
 */
export function parseHost(text: string): HostValue | null {
  const known = memory.get(text)
  if (known !== undefined) return known
  const value = parse(text)
  if (memory.size >= memorySize) memory.clear()
  if (text.length <= maxHostLength) memory.set(text, value)
  return value
}
