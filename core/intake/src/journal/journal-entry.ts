import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'

/** An entry of the journal as far as it becomes a line. */
export interface JournalEntry {
  readonly cursor: string
  /** `2026-01-02T03:04:05.000006+00:00 host name[pid]: message`, as a file written by a syslog daemon has it. */
  readonly text: string
  readonly unit: string
}

const limits = { maxTextLength: 1_048_576, maxDepth: 4, maxNodes: 200_000, maxStringLength: 262_144 }
/** Longest message that is kept, in UTF-16 units. */
export const maxJournalMessage = 65_536

/** A field is a text; a list of bytes where it is no UTF-8; a list of either where it came several times; null where it is too long. */
function fieldText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return ''
  const isBytes = value.every((item) => typeof item === 'number')
  if (isBytes) return Buffer.from(value).toString('utf8')
  return fieldText(value[0])
}

/** Reads one line of `journalctl --output=json`; undefined when it is none. */
export function readJournalEntry(line: string): JournalEntry | undefined {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const entry = parsed.value
  const cursor = fieldText(entry['__CURSOR'])
  if (cursor === '') return undefined
  const micros = Number(
    fieldText(entry['_SOURCE_REALTIME_TIMESTAMP']) || fieldText(entry['__REALTIME_TIMESTAMP']),
  )
  const name = fieldText(entry['SYSLOG_IDENTIFIER']) || fieldText(entry['_COMM']) || 'unknown'
  const pid = fieldText(entry['SYSLOG_PID']) || fieldText(entry['_PID'])
  const host = fieldText(entry['_HOSTNAME']) || 'localhost'
  const message = fieldText(entry['MESSAGE']).slice(0, maxJournalMessage)
  const head = `${timeText(micros)} ${oneWord(host)} ${oneWord(name)}${/^\d+$/.test(pid) ? `[${pid}]` : ''}:`
  // A message of several lines stays one line: what follows its first break could pretend to be another entry.
  return {
    cursor,
    text: `${head} ${message.replaceAll(/[\r\n]+/g, ' ')}`,
    unit: fieldText(entry['_SYSTEMD_UNIT']) || name,
  }
}

const oneWord = (text: string): string => text.replaceAll(/\s+/g, '_').slice(0, 255)

function timeText(micros: number): string {
  const ms = Math.floor(micros / 1000)
  if (!(ms > 0) || ms > 253_402_300_799_999) return '1970-01-01T00:00:00.000000+00:00'
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}+00:00`
}
