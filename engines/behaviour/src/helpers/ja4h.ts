import { createHash } from 'node:crypto'

/** The parts of a request that its fingerprint is made of. */
export interface FingerprintedRequest {
  readonly Method: string
  /** `HTTP/1.1` */
  readonly Proto: string
  readonly Header: ReadonlyMap<string, readonly string[]>
}

const empty = '000000000000'
const short = (text: string): string =>
  text === '' ? empty : createHash('sha256').update(text).digest('hex').slice(0, 12)

/**
 * The JA4H fingerprint of a request: method, version, cookie, referer, number of headers, language; names of headers;
 * names of cookies; cookies. Header names are sorted, since the order on the wire is not kept here.
 */
export function ja4h(request: FingerprintedRequest): string {
  const names = [...request.Header.keys()].filter((name) => !/^(?:cookie|referer)$/i.test(name)).sort()
  const header = (wanted: string): string => {
    for (const [name, values] of request.Header) if (name.toLowerCase() === wanted) return values[0] ?? ''
    return ''
  }
  const cookies = header('cookie')
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '')
    .sort()
  const version = /(\d)(?:\.(\d))?$/.exec(request.Proto)
  const language = (header('accept-language').split(',', 1)[0] ?? '')
    .replaceAll('-', '')
    .toLowerCase()
    .slice(0, 4)
    .padEnd(4, '0')
  const head = [
    request.Method.toLowerCase().slice(0, 2),
    `${version?.[1] ?? '1'}${version?.[2] ?? '0'}`,
    header('cookie') === '' ? 'n' : 'c',
    header('referer') === '' ? 'n' : 'r',
    String(Math.min(99, names.length)).padStart(2, '0'),
    language,
  ].join('')
  const cookieNames = cookies.map((cookie) => cookie.split('=', 1)[0] ?? '')
  return [head, short(names.join(',')), short(cookieNames.join(',')), short(cookies.join(','))].join('_')
}
