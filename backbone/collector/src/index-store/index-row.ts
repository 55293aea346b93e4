import { isJsonObject } from '@sevenfold/event'
import type { SegmentLine } from '@sevenfold/ledger/segments'
import { fields } from '../fields/fields.ts'
import { readField } from '../fields/read-field.ts'
import type { FieldValue } from '../fields/read-field.ts'
import { listMark } from '../query/compile-sql.ts'

/** One event as the index keeps it. */
export interface EventRow {
  readonly kind: 'event'
  readonly entry: number
  readonly segment: number
  readonly offset: number
  readonly length: number
  /** Milliseconds since 1970. */
  readonly timeMs: number
  /** In the order of `fields`; lists as marked text. */
  readonly values: readonly (string | number | undefined)[]
}

/** One allowed request that only counts. */
export interface AccessCount {
  readonly kind: 'access'
  readonly minuteMs: number
  readonly site: string
  readonly method: string
  readonly status: number
  readonly requests: number
  readonly bytes: number
  /** Nanoseconds, as in ECS. */
  readonly duration: number
}

function stored(value: FieldValue): string | number | undefined {
  if (typeof value !== 'object') return value
  return value.map((item) => item.replaceAll(listMark, ' ')).join(listMark)
}

function member(event: unknown, ...path: readonly string[]): unknown {
  let value: unknown = event
  for (const key of path) value = isJsonObject(value) ? value[key] : undefined
  return value
}

function numberAt(event: unknown, ...path: readonly string[]): number {
  const value = member(event, ...path)
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function textAt(event: unknown, ...path: readonly string[]): string {
  const value = member(event, ...path)
  return typeof value === 'string' ? value.slice(0, 253) : ''
}

/** An access event of a request that was answered well and stands for nothing special. */
function isPlainAccess(event: unknown): boolean {
  const status = numberAt(event, 'http', 'response', 'status_code')
  const isAllowed = member(event, 'sevenfold', 'kind') === 'access' && status > 0 && status < 400
  return isAllowed && member(event, 'sevenfold', 'first_sight') !== true
}

function accessCount(event: unknown, timeMs: number): AccessCount {
  return {
    kind: 'access',
    minuteMs: Math.floor(timeMs / 60_000) * 60_000,
    site: textAt(event, 'sevenfold', 'site'),
    method: textAt(event, 'http', 'request', 'method').slice(0, 32),
    status: numberAt(event, 'http', 'response', 'status_code'),
    requests: Math.max(1, numberAt(event, 'sevenfold', 'repeat', 'count')),
    bytes: numberAt(event, 'http', 'response', 'body', 'bytes'),
    duration: numberAt(event, 'event', 'duration'),
  }
}

/** Sites whose allowed requests are kept as totals a minute. */
export type AggregatedSites = ReadonlySet<string>

/** What the index keeps of a line; undefined for a line that is no event with a time. */
export function indexRow(
  line: SegmentLine,
  event: unknown,
  aggregated: AggregatedSites,
): EventRow | AccessCount | undefined {
  const timeMs = Date.parse(textAt(event, '@timestamp'))
  if (Number.isNaN(timeMs)) return undefined
  if (aggregated.size > 0 && aggregated.has(textAt(event, 'sevenfold', 'site')) && isPlainAccess(event))
    return accessCount(event, timeMs)
  return {
    kind: 'event',
    entry: line.index,
    segment: line.segment,
    offset: line.offset,
    length: line.bytes.length,
    timeMs,
    values: fields.map((field) => stored(readField(event, field))),
  }
}
