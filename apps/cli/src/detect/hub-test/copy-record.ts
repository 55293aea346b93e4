import type { EventRecord } from '@sevenfold/behaviour'

/** A record as it is now: the original goes on changing. */
export function copyRecord(record: EventRecord): EventRecord {
  return {
    ...record,
    Line: { ...record.Line, Labels: new Map(record.Line.Labels) },
    Parsed: new Map(record.Parsed),
    Enriched: new Map(record.Enriched),
    Unmarshaled: new Map(record.Unmarshaled),
    Meta: new Map(record.Meta),
    Overflow: record.Overflow === undefined ? undefined : { ...record.Overflow },
  }
}
