import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'
import { entryKey, makeEntry } from './feed-entry.ts'
import { maxFeedEntries } from './feed-config.ts'
import type { FeedEntry } from './feed-entry.ts'
import type { FeedCursor } from './sources/feed-source.ts'

/** An update that waits for somebody's word. */
export interface PendingUpdate {
  readonly entries: ReadonlyMap<string, FeedEntry>
  readonly cursor: FeedCursor
  readonly sinceMs: number
  readonly added: number
  readonly removed: number
}

/** What is kept of a feed over restarts. */
export interface FeedState {
  /** In force. */
  readonly entries: ReadonlyMap<string, FeedEntry>
  readonly cursor: FeedCursor
  /** When the source last answered, milliseconds since 1970; 0 for never. */
  readonly confirmedMs: number
  readonly pending: PendingUpdate | undefined
  /** What was in force before, for going back. */
  readonly previous: ReadonlyMap<string, FeedEntry> | undefined
}

/** A feed that nothing is known of. */
export const emptyState: FeedState = {
  entries: new Map(),
  cursor: {},
  confirmedMs: 0,
  pending: undefined,
  previous: undefined,
}

const limits = {
  maxTextLength: 256 * 1_048_576,
  maxDepth: 6,
  maxNodes: maxFeedEntries * 16,
  maxStringLength: 1_024,
}

type Row = readonly [scope: string, value: string, type: string, untilMs: number]

const rows = (entries: ReadonlyMap<string, FeedEntry>): readonly Row[] =>
  [...entries.values()].map(({ scope, value, type, untilMs }) => [scope, value, type, untilMs])

/** Keeps a state, whole or not at all. */
export function writeState(path: string, state: FeedState): void {
  const { pending, previous } = state
  const written = {
    v: 1,
    cursor: state.cursor,
    confirmedMs: state.confirmedMs,
    entries: rows(state.entries),
    ...(pending === undefined ? {} : { pending: { ...pending, entries: rows(pending.entries) } }),
    ...(previous === undefined ? {} : { previous: rows(previous) }),
  }
  writeAtomic(path, `${JSON.stringify(written)}\n`)
}

/** The state kept at a path; the empty one when there is none or it is damaged: then the source is asked anew. */
export function readState(path: string): FeedState {
  if (!existsSync(path)) return emptyState
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return emptyState
  const { cursor, confirmedMs, entries, pending, previous } = parsed.value
  return {
    entries: readRows(entries),
    cursor: readCursor(cursor),
    confirmedMs: numberOf(confirmedMs),
    pending: isJsonObject(pending)
      ? {
          entries: readRows(pending['entries']),
          cursor: readCursor(pending['cursor']),
          sinceMs: numberOf(pending['sinceMs']),
          added: numberOf(pending['added']),
          removed: numberOf(pending['removed']),
        }
      : undefined,
    previous: previous === undefined ? undefined : readRows(previous),
  }
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

function readCursor(value: unknown): FeedCursor {
  if (!isJsonObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  )
}

function readRows(value: unknown): ReadonlyMap<string, FeedEntry> {
  const entries = new Map<string, FeedEntry>()
  for (const row of Array.isArray(value) ? value : []) {
    if (!Array.isArray(row)) continue
    const [scope, text, type, untilMs] = row
    const entry = makeEntry({
      value: String(text),
      scope: String(scope),
      type: String(type),
      untilMs: numberOf(untilMs),
    })
    if (entry !== undefined) entries.set(entryKey(entry), entry)
  }
  return entries
}
