/** A request as a strict HTTP/1 reader takes it. */
export interface HttpRequest {
  readonly method: string
  readonly target: string
  readonly version: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string
}

/**
 * Reads the bytes of one request as the edge does (RFC 9112, strictly); null for what the edge answers with 400
 * before any rule runs. This stands in for the edge in tests without a network.
 */
export function readHttpRequest(bytes: string): HttpRequest | null {
  const headEnd = /\r?\n\r?\n/.exec(bytes)
  if (headEnd === null) return null
  const [requestLine = '', ...lines] = bytes.slice(0, headEnd.index).split(/\r?\n/)
  const line = readRequestLine(requestLine)
  const headers = readHeaders(lines)
  if (line === null || headers === null) return null
  const rest = bytes.slice(headEnd.index + headEnd[0].length)
  const body = readBody(headers, rest)
  if (body === null || !hasProperHost(headers, line.version)) return null
  return { ...line, headers, body }
}

function readRequestLine(text: string): { method: string; target: string; version: string } | null {
  const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([^\0-\x20\x7f]+) (HTTP\/1\.[01])$/.exec(text)
  const [, method, target, version] = match ?? []
  if (method === undefined || target === undefined || version === undefined) return null
  return isTarget(method, target) ? { method, target, version } : null
}

function isTarget(method: string, target: string): boolean {
  if (target.includes('#')) return false
  if (method === 'CONNECT')
    return /^[-.0-9A-Za-z]+:\d+$/.test(target) || /^\[[:0-9a-fA-F]+\]:\d+$/.test(target)
  if (target === '*') return method === 'OPTIONS'
  return target.startsWith('/') || /^https?:\/\//i.test(target)
}

function readHeaders(lines: readonly string[]): string[] | null {
  const headers: string[] = []
  for (const line of lines) {
    const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\0\r\n]*?)[ \t]*$/.exec(line)
    const [, name, value] = match ?? []
    if (name === undefined || value === undefined) return null
    headers.push(name, value)
  }
  return headers
}

function valuesOf(headers: readonly string[], wanted: string): string[] {
  const found: string[] = []
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === wanted) found.push(headers[at + 1] ?? '')
  }
  return found
}

function hasProperHost(headers: readonly string[], version: string): boolean {
  const hosts = valuesOf(headers, 'host')
  const [host] = hosts
  if (hosts.length > 1) return false
  if (host === undefined || host === '') return version !== 'HTTP/1.1'
  return /^[-.:\w[\]]+$/.test(host)
}

function readBody(headers: readonly string[], rest: string): string | null {
  const lengths = valuesOf(headers, 'content-length')
  const codings = valuesOf(headers, 'transfer-encoding')
  if (codings.length > 0)
    return codings.at(-1)?.toLowerCase().endsWith('chunked') === true ? readChunks(rest) : null
  if (lengths.length === 0) return ''
  const [length = ''] = lengths
  if (!/^\d{1,12}$/.test(length) || new Set(lengths).size > 1) return null
  return rest.slice(0, Number(length))
}

function readChunks(text: string): string | null {
  let body = ''
  let at = 0
  for (;;) {
    const match = /^([0-9a-fA-F]{1,8})[^\r\n]*\r?\n/.exec(text.slice(at, at + 64))
    if (match === null) return null
    const size = Number.parseInt(match[1] ?? '', 16)
    at += match[0].length
    if (size === 0) return body
    body += text.slice(at, at + size)
    at += size
    const end = /^\r?\n/.exec(text.slice(at, at + 2))
    if (end === null) return null
    at += end[0].length
  }
}
