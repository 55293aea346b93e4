import { parseGoDuration } from '../../decisions/go-duration.ts'
import type { RawEntry } from '../feed-entry.ts'

/** Names of the columns that matter, in the spellings that feeds use. */
const columns = {
  value: [
    'value',
    'ip',
    'address',
    'ip_address',
    'ipaddress',
    'indicator',
    'dst_ip',
    'src_ip',
    'network',
    'cidr',
    'range',
  ],
  scope: ['scope'],
  type: ['type', 'remediation', 'decision'],
  duration: ['duration'],
  until: ['until', 'expires', 'expiration', 'valid_until'],
} as const

type Column = keyof typeof columns

const maxFields = 100

/**
 * Comma-separated values (RFC 4180) with a header that names a column of addresses, or without one: then the first field that is an
 * address counts. `# ` lines before the header are comments, and the header itself may be one.
 */
export function* readCsv(text: string, nowMs: number): Generator<RawEntry | undefined> {
  let header: ReadonlyMap<Column, number> | undefined
  for (const fields of records(text)) {
    if (fields.length === 1 && fields[0] === '') continue
    const found: ReadonlyMap<Column, number> | undefined = header === undefined ? headerOf(fields) : undefined
    if (found !== undefined) {
      header = found
      continue
    }
    if (fields[0]?.startsWith('#') === true) continue
    yield header === undefined ? bare(fields) : named(fields, header, nowMs)
  }
}

function headerOf(fields: readonly string[]): ReadonlyMap<Column, number> | undefined {
  const names = fields.map((field) => field.replace(/^#\s*/, '').trim().toLowerCase())
  const places = new Map<Column, number>()
  for (const column of Object.keys(columns) as Column[]) {
    const place = names.findIndex((name) => (columns[column] as readonly string[]).includes(name))
    if (place >= 0) places.set(column, place)
  }
  return places.has('value') ? places : undefined
}

const looksLikeAddress = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)(?:\/\d{1,3})?$/

function bare(fields: readonly string[]): RawEntry | undefined {
  const value = fields.find((field) => looksLikeAddress.test(field))
  return value === undefined ? undefined : { value }
}

function named(
  fields: readonly string[],
  places: ReadonlyMap<Column, number>,
  nowMs: number,
): RawEntry | undefined {
  const at = (column: Column): string => (fields[places.get(column) ?? -1] ?? '').trim()
  const span = parseGoDuration(at('duration'))
  const until = Date.parse(at('until'))
  return {
    value: at('value'),
    scope: at('scope'),
    type: at('type'),
    ...(span === undefined ? (Number.isNaN(until) ? {} : { untilMs: until }) : { untilMs: nowMs + span }),
  }
}

/** Records with their fields; a quoted field may hold commas, line ends and doubled quotes. */
function* records(text: string): Generator<readonly string[]> {
  // A quoted field has an end, so that a quote that is never closed costs no more than its line.
  const field = /("(?:[^"]|""){0,4096}"|[^,\r\n]*)(,|\r?\n|$)/y
  let fields: string[] = []
  while (field.lastIndex < text.length) {
    const found = field.exec(text)
    if (found === null) {
      // A quote in the middle of a field: the rest of the line is no record.
      const end = text.indexOf('\n', field.lastIndex)
      field.lastIndex = end < 0 ? text.length : end + 1
      fields = []
      yield ['?']
      continue
    }
    const [, raw = '', end] = found
    if (fields.length < maxFields)
      fields.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw)
    if (end === ',') continue
    yield fields
    fields = []
  }
}
