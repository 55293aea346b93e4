import { ecsVersion, eventVersion } from '@sevenfold/event'
import type { EventDraft, Redactor } from '@sevenfold/event'
import { maxListItems } from './json-line.ts'
import type { EcsFields, Imported } from './importer.ts'

/** Longest text of a field, in characters; longest line that is kept when nobody could read it. */
export const maxImportedText = 8_192
/** A time further ahead than this is the sender's clock gone wrong: the time of reading stands instead, and a tag says so. */
export const maxAheadMs = 86_400_000
/** Tag of an event whose time was not believed. */
export const futureTag = 'time-in-future'

/** What making a draft needs. */
export interface ImportContext {
  /** Name of the source; label `source` of its events. */
  readonly source: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly newId: () => string
  readonly redactor: Redactor
}

/** What was read, as an event of the collector: texts redacted and cut, and marked with the source that it came from. */
export function importDraft(imported: Imported, context: ImportContext): EventDraft {
  const now = context.now()
  const isAhead = imported.timeMs !== undefined && imported.timeMs > now + maxAheadMs
  const timeMs = imported.timeMs === undefined || isAhead ? now : imported.timeMs
  const { labels, tags, event, ...fields } = clean(imported.fields, context.redactor)
  const allTags = [...(Array.isArray(tags) ? tags : []), ...(isAhead ? [futureTag] : [])]
  return {
    ...fields,
    '@timestamp': new Date(timeMs).toISOString(),
    ecs: { version: ecsVersion },
    event: {
      ...(typeof event === 'object' ? event : {}),
      ...clean({ ...imported.event, kind: imported.event.kind ?? 'event' }, context.redactor),
      // An empty list is one as well: readers of an event rely on both.
      category: imported.event.category,
      type: imported.event.type,
      id: context.newId(),
      created: new Date(now).toISOString(),
      dataset: imported.dataset.slice(0, 128),
      module: imported.dataset.split('.', 1)[0] ?? '',
    },
    labels: { ...(typeof labels === 'object' ? labels : {}), source: context.source },
    ...(allTags.length === 0 ? {} : { tags: allTags }),
    sevenfold: { v: eventVersion, kind: 'log', layer: 'collector', lane: 'low' },
    // The tree was made of ECS fields by an importer; what a reader of the ledger relies on is checked by decodeEvent again.
  } as unknown as EventDraft
}

/** A line that could not be read, kept with the reason: nothing is lost because a form changed. */
export function unreadDraft(line: string, module: string, why: string, context: ImportContext): EventDraft {
  return importDraft(
    {
      dataset: `${module}.unread`,
      event: { kind: 'pipeline_error', category: ['host'], type: ['error'], action: 'unread' },
      fields: { message: line, error: { message: why } },
    },
    context,
  )
}

type Cleaned = Readonly<Record<string, unknown>>

/** Without members that are undefined or empty, with every text redacted by what it is. */
function clean(fields: EcsFields, redactor: Redactor): Cleaned {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    const held = cleanValue(name, value, redactor)
    if (held !== undefined) kept[name] = held
  }
  return kept
}

function cleanValue(name: string, value: EcsFields[string], redactor: Redactor): unknown {
  if (typeof value === 'string') return value === '' ? undefined : redacted(name, value, redactor)
  if (typeof value !== 'object') return value
  if (isList(value)) {
    const items = value
      .slice(0, maxListItems)
      .map((item) => (typeof item === 'string' ? redactor.text(item, maxImportedText) : item))
    return items.length === 0 ? undefined : items
  }
  const inner = clean(value, redactor)
  return Object.keys(inner).length === 0 ? undefined : inner
}

const isList = (value: object): value is readonly (string | object)[] => Array.isArray(value)

/** Names of fields that hold a URL with its query. */
const urls: ReadonlySet<string> = new Set(['original', 'full', 'referrer'])

function redacted(name: string, text: string, redactor: Redactor): string {
  const cut = text.slice(0, maxImportedText)
  if (name === 'query') return redactor.query(cut)
  const mark = urls.has(name) ? cut.indexOf('?') : -1
  if (mark < 0) return redactor.text(cut, maxImportedText)
  return `${redactor.text(cut.slice(0, mark), maxImportedText)}?${redactor.query(cut.slice(mark + 1))}`
}
