import type { JsonObject } from '@sevenfold/event'
import { ImportError } from '../importer.ts'
import type { Imported } from '../importer.ts'
import {
  endpoint,
  integer,
  integerAt,
  jsonLine,
  numberAt,
  objectAt,
  textAt,
  textsAt,
  urlFields,
} from '../json-line.ts'
import { commonLogTime, secondsTime } from '../times.ts'

/**
 * Access logs in the Common and the Combined Log Format as nginx and Apache write them, also with a virtual host before the address
 * (Apache's `vhost_combined`); quotes inside a quoted field are escaped by a backslash or as `\x22`.
 * Source: Apache mod_log_config; nginx ngx_http_log_module.
 */
export function accessLogReader(product: 'nginx' | 'apache'): (line: string) => Imported {
  return (line) => {
    const cells = cellsOf(line)
    const timeAt = cells.findIndex(({ open }) => open === '[')
    const [request, status, bytes, referrer, agent] = cells.slice(timeAt + 1).map(({ text }) => text)
    const before = cells.slice(0, Math.max(timeAt, 0)).map(({ text }) => text)
    if (
      (before.length !== 3 && before.length !== 4) ||
      request === undefined ||
      !/^\d{3}$/.test(status ?? '')
    )
      throw new ImportError('no line in the common or combined log format')
    const [address, , user] = before.slice(-3)
    const virtualHost = before.length === 4 ? before[0]?.replace(/:\d{1,5}$/, '') : undefined
    const { method, target, protocol } = requestOf(request)
    return access(product, {
      timeMs: commonLogTime(cells[timeAt]?.text ?? ''),
      address,
      user: plain(user),
      method,
      target,
      version: protocol?.slice('HTTP/'.length),
      domain: virtualHost,
      status: integer(status),
      bytes: integer(bytes),
      referrer: plain(referrer),
      userAgent: plain(agent),
    })
  }
}

/**
 * Access logs of Caddy (JSON, `http.log.access`).
 * Source: Caddy documentation, "log" directive.
 */
export function readCaddy(line: string): Imported {
  const entry = jsonLine(line)
  const request = objectAt(entry, 'request')
  if (!Object.hasOwn(request, 'method')) throw new ImportError('no access log of Caddy')
  const headers = objectAt(request, 'headers')
  return access('caddy', {
    timeMs: secondsTime(numberAt(entry, 'ts')),
    address: textAt(request, 'client_ip') ?? textAt(request, 'remote_ip'),
    port: integerAt(request, 'remote_port'),
    user: textAt(entry, 'user_id'),
    method: textAt(request, 'method'),
    target: textAt(request, 'uri'),
    version: textAt(request, 'proto')?.replace(/^HTTP\//, ''),
    domain: textAt(request, 'host')?.replace(/:\d{1,5}$/, ''),
    status: integerAt(entry, 'status'),
    bytes: integerAt(entry, 'size'),
    durationSeconds: numberAt(entry, 'duration'),
    referrer: first(headers, 'Referer'),
    userAgent: first(headers, 'User-Agent'),
  })
}

/** The three parts of a request line; what is none is a target alone. A target may hold spaces: clients send what they like. */
function requestOf(line: string): Readonly<Record<'method' | 'target' | 'protocol', string | undefined>> {
  const match = /^([A-Za-z-]{1,64}) (\S.*?)(?: (HTTP\/\d(?:\.\d)?))?$/.exec(line)
  if (match === null)
    return { method: undefined, target: line === '' ? undefined : line, protocol: undefined }
  return { method: match[1], target: match[2], protocol: match[3] }
}

const first = (headers: JsonObject, name: string): string | undefined => textsAt(headers, name)?.[0]
const plain = (text: string | undefined): string | undefined =>
  text === '-' || text === '' ? undefined : text

interface Cell {
  readonly open: '[' | '"' | ''
  readonly text: string
}

/** Most cells that are looked at; own log formats append theirs behind the user agent. */
const maxCells = 16

/** Splits at spaces; what stands in brackets or quotes is one cell. One pass, whatever the line holds. */
function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = []
  for (let at = 0; at < line.length && cells.length < maxCells;) {
    const mark = line[at]
    if (mark === ' ') at += 1
    else if (mark === '"') {
      const end = quoteEnd(line, at + 1)
      cells.push({ open: '"', text: unescaped(line.slice(at + 1, end)) })
      at = end + 1
    } else {
      const closing = mark === '[' ? line.indexOf(']', at) : line.indexOf(' ', at)
      const end = closing < 0 ? line.length : closing
      cells.push({ open: mark === '[' ? '[' : '', text: line.slice(mark === '[' ? at + 1 : at, end) })
      at = end + 1
    }
  }
  return cells
}

function quoteEnd(line: string, from: number): number {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1
    else if (line[at] === '"') return at
  }
  return line.length
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|(.))/g,
    (_, hex: string | undefined, other: string | undefined) =>
      hex === undefined ? (other ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

interface AccessFacts {
  readonly timeMs: number | undefined
  readonly address: string | undefined
  readonly port?: number | undefined
  readonly user: string | undefined
  readonly method: string | undefined
  readonly target: string | undefined
  readonly version: string | undefined
  readonly domain: string | undefined
  readonly status: number | undefined
  readonly bytes: number | undefined
  readonly durationSeconds?: number | undefined
  readonly referrer: string | undefined
  readonly userAgent: string | undefined
}

function access(product: string, facts: AccessFacts): Imported {
  const { status = 0, durationSeconds } = facts
  return {
    timeMs: facts.timeMs,
    dataset: `${product}.access`,
    event: {
      category: ['web'],
      type: ['access'],
      action: 'access',
      outcome: status > 0 && status < 400 ? 'success' : 'failure',
      duration: durationSeconds === undefined ? undefined : Math.round(durationSeconds * 1e9),
    },
    fields: {
      source: endpoint(facts.address, facts.port),
      user: { name: facts.user },
      url: urlFields(facts.target, facts.domain),
      http: {
        version: facts.version,
        request: { method: facts.method?.slice(0, 64), referrer: facts.referrer },
        response: { status_code: status, body: { bytes: facts.bytes } },
      },
      user_agent: { original: facts.userAgent },
    },
  }
}
