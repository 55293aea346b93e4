import { join } from 'node:path'
import { LineReader, listSegments } from '@sevenfold/ledger/segments'
import type { RevealLine } from '@sevenfold/ledger/segments'
import { CollectorError } from '../collector-error.ts'
import { fieldOf } from '../fields/fields.ts'
import type { AnswerRow } from '../index-store/duck-index.ts'
import type { IndexFeed } from '../index-store/index-feed.ts'
import { compileSql } from '../query/compile-sql.ts'
import { parseQuery } from '../query/parse-query.ts'
import { requiredWords } from '../query/required-words.ts'
import type { SegmentWords } from '../words/segment-words.ts'

/** Most events in one answer, and how many without `limit`. */
export const maxLimit = 1_000
export const defaultLimit = 100
/** Most bars of a histogram, and how many without `buckets`. */
export const maxBuckets = 1_440
export const defaultBuckets = 60
const defaultSpanMs = 3_600_000
const maxTop = 100

/** Who answers questions. */
export interface QuestionContext {
  readonly index: IndexFeed
  readonly words: Pick<SegmentWords, 'without'>
  /** Gives back what is sealed in a line. */
  readonly reveal: RevealLine
  /** The ledger's folder. */
  readonly ledger: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

function bad(message: string): CollectorError {
  return new CollectorError('COLLECTOR_BAD_PARAMETER', message)
}

/** A time parameter: ISO 8601 or milliseconds since 1970. */
function timeOf(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === null || text === '') return undefined
  const time = /^\d{1,15}$/u.test(text) ? Number(text) : Date.parse(text)
  if (Number.isNaN(time)) throw bad(`${name} is a time such as 2026-01-31T12:00:00Z`)
  return time
}

function countOf(parameters: URLSearchParams, name: string, range: { most: number; or: number }): number {
  const text = parameters.get(name)
  if (text === null || text === '') return range.or
  const count = /^\d{1,9}$/u.test(text) ? Number(text) : Number.NaN
  if (!(count >= 1 && count <= range.most)) throw bad(`${name} is a number from 1 to ${range.most}`)
  return count
}

/** More segments than this are asked for by their first and last alone. */
const maxNamedSegments = 16

/**
 * Leaves out segments that cannot match, in a form by which the database skips what it has of them: it knows least and greatest values of
 * each block of rows.
 */
function segmentClause(without: readonly number[], folder: string): readonly string[] {
  if (without.length === 0) return []
  const out = new Set(without)
  const left = listSegments(folder)
    .map(({ first }) => first)
    .filter((segment) => !out.has(segment))
  const [oldest, newest] = [left[0], left.at(-1)]
  if (oldest === undefined || newest === undefined) return ['false']
  if (left.length > maxNamedSegments) return [`segment BETWEEN ${oldest} AND ${newest}`]
  return [`(${left.map((segment) => `segment = ${segment}`).join(' OR ')})`]
}

interface Where {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
}

function whereOf({ words, ledger }: QuestionContext, parameters: URLSearchParams): Where {
  const query = parseQuery(parameters.get('query') ?? '')
  const compiled = compileSql(query)
  const segments = segmentClause(words.without(requiredWords(query)), join(ledger, 'segments'))
  const clauses = [...segments, compiled.sql]
  const values = [...compiled.parameters]
  const add = (clause: string, value: number | undefined): void => {
    if (value === undefined) return
    clauses.push(clause)
    values.push(value)
  }
  add('ts >= ?', timeOf(parameters, 'from'))
  add('ts < ?', timeOf(parameters, 'to'))
  const before = parameters.get('before')
  if (before !== null && before !== '') {
    if (!/^\d{1,15}$/u.test(before)) throw bad('before is the number of an entry')
    add('entry < ?', Number(before))
  }
  return { sql: clauses.join(' AND '), parameters: values }
}

/**
 * `GET /v1/events?query=&from=&to=&limit=&before=`: whole events, newest entry first, and `next`, the `before` of the
 * following page.
 */
export async function answerEvents(context: QuestionContext, parameters: URLSearchParams): Promise<object> {
  const where = whereOf(context, parameters)
  const limit = countOf(parameters, 'limit', { most: maxLimit, or: defaultLimit })
  const rows = await context.index.query(
    `SELECT entry, segment, line_offset, line_length FROM events WHERE ${where.sql} ORDER BY entry DESC LIMIT ${limit}`,
    where.parameters,
  )
  const events = await eventsAt(context, rows)
  const last = rows.length === limit ? rows.at(-1) : undefined
  return { events, ...(last === undefined ? {} : { next: Number(last['entry']) }) }
}

async function eventsAt(context: QuestionContext, rows: readonly AnswerRow[]): Promise<unknown[]> {
  const reader = new LineReader(join(context.ledger, 'segments'))
  const events: unknown[] = []
  try {
    for (const row of rows) {
      const [segment, offset] = [Number(row['segment']), Number(row['line_offset'])]
      const line = await reader.read({ segment, offset, length: Number(row['line_length']) })
      // Retention may have dropped the segment: the index forgets it later.
      if (line !== undefined) events.push(parseEvent(context.reveal(line)))
    }
  } finally {
    await reader.close()
  }
  return events
}

/** `GET /v1/histogram?query=&from=&to=&buckets=`: counts over time, an hour up to now by default. */
export async function answerHistogram(
  context: QuestionContext,
  parameters: URLSearchParams,
): Promise<object> {
  const to = timeOf(parameters, 'to') ?? context.now()
  const from = timeOf(parameters, 'from') ?? to - defaultSpanMs
  if (from >= to) throw bad('from is before to')
  const count = countOf(parameters, 'buckets', { most: maxBuckets, or: defaultBuckets })
  const stepMs = Math.max(1, Math.ceil((to - from) / count))
  const span = new URLSearchParams({
    query: parameters.get('query') ?? '',
    from: String(from),
    to: String(to),
  })
  const where = whereOf(context, span)
  const rows = await context.index.query(
    `SELECT CAST(floor((ts - ${from}) / ${stepMs}) AS INTEGER) AS bucket, count(*) AS n FROM events
     WHERE ${where.sql} GROUP BY bucket`,
    where.parameters,
  )
  const counts = new Map(rows.map((row) => [Number(row['bucket']), Number(row['n'])]))
  const buckets = Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, i) => ({
    time: new Date(from + i * stepMs).toISOString(),
    count: counts.get(i) ?? 0,
  }))
  return { stepMs, buckets }
}

/** `GET /v1/top?field=&query=&from=&to=&limit=`: most frequent values of a field. */
export async function answerTop(context: QuestionContext, parameters: URLSearchParams): Promise<object> {
  const field = fieldOf(parameters.get('field') ?? '')
  if (field === undefined || field.type === 'list') throw bad('field is the name of a text or a number')
  const where = whereOf(context, parameters)
  const limit = countOf(parameters, 'limit', { most: maxTop, or: 20 })
  const rows = await context.index.query(
    `SELECT ${field.column} AS value, count(*) AS n FROM events
     WHERE ${field.column} IS NOT NULL AND ${where.sql} GROUP BY value ORDER BY n DESC, value LIMIT ${limit}`,
    where.parameters,
  )
  return { field: field.name, values: rows.map((row) => ({ value: row['value'], count: Number(row['n']) })) }
}

/** `GET /v1/access?from=&to=`: totals a minute of allowed requests, for sites that keep only those. */
export async function answerAccess(context: QuestionContext, parameters: URLSearchParams): Promise<object> {
  const to = timeOf(parameters, 'to') ?? context.now() + 60_000
  const from = timeOf(parameters, 'from') ?? to - defaultSpanMs
  const rows = await context.index.query(
    `SELECT minute, site, method, status, requests, bytes, duration FROM access_minutes
     WHERE minute >= ? AND minute < ? ORDER BY minute DESC, site, method, status LIMIT 10000`,
    [from, to],
  )
  return {
    minutes: rows.map((row) => ({
      time: new Date(Number(row['minute'])).toISOString(),
      site: row['site'],
      method: row['method'],
      status: row['status'],
      requests: Number(row['requests']),
      bytes: Number(row['bytes']),
      meanDurationMs: Number(row['duration']) / Number(row['requests']) / 1e6,
    })),
  }
}

/** A line of the log as it is shown. */
export function parseEvent(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Cannot happen to a line that the ledger took; shown as text rather than hidden.
    return { message: line }
  }
}
