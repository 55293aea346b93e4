import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { canonicalAddress } from '../authority/address.ts'
import type { Signal } from './signal.ts'

/** Forms of application logs that are read. */
export type LineFormat = 'json-access' | 'nginx'

/** What a line is read with. */
export interface LineContext {
  readonly format: LineFormat
  readonly site?: string
  /** Milliseconds since 1970, for lines without a time that can be read. */
  readonly nowMs: number
}

const limits = { maxTextLength: 65_536, maxDepth: 6, maxNodes: 500, maxStringLength: 65_536 }
const maxFieldLength = 4096

function text(object: JsonObject, ...names: readonly string[]): string {
  for (const name of names) {
    const value = object[name]
    if (typeof value === 'string') return value.slice(0, maxFieldLength)
    if (typeof value === 'number') return String(value)
  }
  return ''
}

function pathOf(target: string): string {
  const end = target.search(/[?#]/u)
  return end < 0 ? target : target.slice(0, end)
}

interface Facts {
  readonly meta: Readonly<Record<string, string>>
  readonly peer: string
  readonly time: string
  readonly trace: string
}

/**
 * `json-access`: one JSON object a line. `event: "login"` with `user` and `outcome`, anything else is an answered
 * request with `method`, `path` and `status`. `session` is the value of the session's cookie, where there is one. `peer` is the address of the client as the application saw it, `trace`
 * what the edge sent in `X-Sevenfold-Trace`.
 */
function readJson(line: string): Facts | undefined {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const object = parsed.value
  const common = {
    peer: text(object, 'peer', 'remote_addr', 'remoteAddress', 'ip'),
    time: text(object, 'time', '@timestamp', 'timestamp'),
    trace: text(object, 'trace', 'trace_id').slice(0, 128),
  }
  const id = text(object, 'session')
  const session: Record<string, string> = id === '' || id.length > 256 ? {} : { session: id }
  if (object['event'] === 'login') {
    const failed = text(object, 'outcome') === 'failure'
    const log_type = failed ? 'auth_failed' : 'auth_success'
    return { ...common, meta: { log_type, target_user: text(object, 'user'), ...session } }
  }
  const status = text(object, 'status')
  if (!/^[1-5]\d\d$/u.test(status)) return undefined
  return {
    ...common,
    meta: {
      log_type: 'http_access-log',
      http_status: status,
      http_verb: text(object, 'method'),
      http_path: pathOf(text(object, 'path', 'url')),
      http_user_agent: text(object, 'user_agent', 'userAgent'),
      ...session,
    },
  }
}

// The combined format of nginx and Apache. Each part is bounded by its delimiter, so that no line takes long.
const combined =
  /^(\S{2,64}) \S{1,64} [^[]{1,256}\[([^\]]{1,64})\] "([^" ]{1,32}) ([^" ]{1,8192}) [^"]{1,16}" ([1-5]\d\d) \S{1,20}(?: "[^"]{0,4096}" "([^"]{0,4096})")?/u
const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/** `31/Jan/2026:12:00:00 +0100` as ISO 8601; empty when it has another form. */
function combinedTime(time: string): string {
  const match = /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/u.exec(time)
  if (match === null) return ''
  const [, day, name = '', year, clock, hours, minutes] = match
  const month = String(months.indexOf(name) / 3 + 1).padStart(2, '0')
  return `${year}-${month}-${day}T${clock}${hours}:${minutes}`
}

function readNginx(line: string): Facts | undefined {
  const match = combined.exec(line)
  if (match === null) return undefined
  const [, peer = '', time = '', verb = '', target = '', status = '', agent = ''] = match
  return {
    peer,
    time: combinedTime(time),
    trace: '',
    meta: {
      log_type: 'http_access-log',
      http_status: status,
      http_verb: verb,
      http_path: pathOf(target),
      http_user_agent: agent,
    },
  }
}

/** The signal in a line of an application's log; undefined when the line has another form or names no address. */
export function signalOfLine(line: string, context: LineContext): Signal | undefined {
  const facts = context.format === 'nginx' ? readNginx(line) : readJson(line)
  const address = canonicalAddress(facts?.peer ?? '')
  if (facts === undefined || address === undefined) return undefined
  const parsed = Date.parse(facts.time)
  const site = context.site ?? ''
  return {
    origin: 'app-log',
    event: {
      time: Number.isNaN(parsed) ? context.nowMs : parsed,
      meta: { service: 'http', site, ...facts.meta, source_ip: address },
    },
    trace: facts.trace,
    times: 1,
  }
}
