import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { readLines } from '../journal/read-lines.ts'
import type { DecisionRecord } from './decision-store.ts'
import { parseScope } from './stored-decision.ts'
import type { StoredDecision } from './stored-decision.ts'

const limits = { maxTextLength: 8192, maxDepth: 3, maxNodes: 40, maxStringLength: 1024 }

function text(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}

function whole(object: JsonObject, key: string): number | undefined {
  const value = object[key]
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/** A decision as it was written to a log of ours; undefined when it is none. */
export function readStoredDecision(object: JsonObject): StoredDecision | undefined {
  const [id, untilMs] = [whole(object, 'id'), whole(object, 'untilMs')]
  const scope = parseScope(text(object, 'scope') ?? '')
  const [type, value] = [text(object, 'type'), text(object, 'value')]
  if (id === undefined || untilMs === undefined || scope === undefined) return undefined
  if (type === undefined || value === undefined) return undefined
  const [alertId, machine] = [whole(object, 'alertId'), text(object, 'machine')]
  return {
    id,
    uuid: text(object, 'uuid') ?? '',
    type,
    scope,
    value,
    untilMs,
    origin: text(object, 'origin') ?? 'sevenfold',
    scenario: text(object, 'scenario') ?? '',
    simulated: object['simulated'] === true,
    ...(alertId === undefined ? {} : { alertId }),
    ...(machine === undefined ? {} : { machine }),
  }
}

function readRecord(line: string): DecisionRecord | undefined {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { op, decision } = parsed.value
  if (op === 'add' && isJsonObject(decision)) {
    const stored = readStoredDecision(decision)
    return stored === undefined ? undefined : { op, decision: stored }
  }
  const id = whole(parsed.value, 'id')
  if (op !== 'remove' || id === undefined) return undefined
  const reason = text(parsed.value, 'reason') ?? ''
  return { op, id, atMs: whole(parsed.value, 'atMs') ?? 0, reason }
}

/** Records in a journal file, oldest first; lines that cannot be read (a torn last one) are counted and left out. */
export function readJournal(path: string): { records: DecisionRecord[]; unreadable: number } {
  const records: DecisionRecord[] = []
  let unreadable = 0
  for (const line of readLines(path)) {
    const record = readRecord(line)
    if (record === undefined) unreadable += 1
    else records.push(record)
  }
  return { records, unreadable }
}
