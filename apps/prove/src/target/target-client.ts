import { connect as connectPlain } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { noAnswer } from '../visitor/answer.ts'
import type { Answer } from '../visitor/answer.ts'
import { plainUserAgent } from '../visitor/visitor.ts'
import type { Outgoing } from '../visitor/visitor.ts'

/** Longest wait for an answer, in milliseconds. */
export const targetTimeoutMs = 15_000

/** Most bytes of an answer that are read. */
export const maxTargetAnswerBytes: number = 256 << 10

/** The site, and optionally the authorities that its certificate may come from, in PEM. */
export interface TargetSite {
  readonly url: URL
  readonly ca?: string
}

function open({ url, ca }: TargetSite): Socket {
  const isTls = url.protocol === 'https:'
  const port = Number(url.port === '' ? (isTls ? 443 : 80) : url.port)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!isTls) return connectPlain({ host, port })
  return connectTls({ host, port, servername: url.hostname, ...(ca === undefined ? {} : { ca }) })
}

/** The request as it goes out: nothing is repaired, because some probes are broken on purpose. */
function serialise(url: URL, { method = 'GET', path, headers = {}, body = '' }: Outgoing): Buffer {
  const own: Record<string, string> = {
    host: url.host,
    'user-agent': plainUserAgent,
    accept: 'text/html, */*;q=0.5',
    connection: 'close',
  }
  const bytes = Buffer.from(body)
  if (bytes.length > 0 && headers['content-length'] === undefined)
    own['content-length'] = String(bytes.length)
  const lines = Object.entries({ ...own, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), bytes])
}

function parse(bytes: Buffer, ms: number): Answer {
  const end = bytes.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end < 0 ? 0 : end).split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0)
  if (status === 0) return noAnswer(ms)
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return colon < 1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const]
  })
  return { status, headers: Object.fromEntries(headers), text: bytes.toString('utf8', end + 4), ms }
}

/** Text of an answer whose body may be chunked (RFC 9112, section 7.1); good enough for a small file. */
export function bodyText({ headers, text }: Answer): string {
  if (headers['transfer-encoding'] !== 'chunked') return text
  let [rest, body] = [text, '']
  for (;;) {
    const line = /^([\da-f]{1,6})[^\r\n]*\r\n/i.exec(rest)
    const size = line === null ? 0 : Number.parseInt(line[1] ?? '0', 16)
    if (line === null || size === 0) return body
    body += rest.slice(line[0].length, line[0].length + size)
    rest = rest.slice(line[0].length + size + 2)
  }
}

/**
 * Sends one request on a connection of its own and reads the answer up to `maxTargetAnswerBytes`; redirects are not
 * followed. A connection that breaks or stays silent is an answer with status 0. Rejects when the site cannot be
 * reached at all, or its certificate is not valid.
 */
export function askTarget(site: TargetSite, outgoing: Outgoing): Promise<Answer> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const socket = open(site)
    const chunks: Buffer[] = []
    let [isOpen, total] = [false, 0]
    const finish = (): void => {
      socket.destroy()
      resolve(parse(Buffer.concat(chunks), performance.now() - started))
    }
    socket.setTimeout(targetTimeoutMs, finish)
    socket.once(site.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      isOpen = true
      socket.write(serialise(site.url, outgoing))
    })
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      total += chunk.length
      if (total > maxTargetAnswerBytes) finish()
    })
    socket.once('end', finish)
    socket.once('error', (error) => (isOpen ? finish() : reject(error)))
  })
}
