import { zeroTime } from '../helpers/go-time.ts'
import type { GoTime } from '../helpers/go-time.ts'
import { expectMode, recordType } from '../record.ts'
import type { EventRecord, LineRecord, OverflowRecord } from '../record.ts'

/** A line of a source, with what the source says of it. */
export interface SourceLine {
  readonly raw: string
  /** File, unit or address that it came from. */
  readonly source: string
  /** Kind of the source (`file`, `journalctl` …), as rules know it in `datasource_type`. */
  readonly module: string
  /** Has `type` at least. Rules may write labels, which then hold for all lines of the source, as in CrowdSec. */
  readonly labels: Map<string, string>
}

/** Clock that buckets run on. */
export type Clock = 'live' | 'log'

/** A record for a line that has just come in. */
export function recordOfLine(line: SourceLine, now: GoTime, clock: Clock): EventRecord {
  return recordWith(
    { Raw: line.raw, Src: line.source, Time: now, Labels: line.labels, Process: true, Module: line.module },
    clock,
  )
}

/** A record without a line: for events that need no parser. */
export function emptyRecord(now: GoTime, clock: Clock): EventRecord {
  return recordWith({ Raw: '', Src: '', Time: now, Labels: new Map(), Process: true, Module: '' }, clock)
}

function recordWith(line: LineRecord, clock: Clock): EventRecord {
  return {
    Type: recordType.log,
    ExpectMode: clock === 'log' ? expectMode.timeMachine : expectMode.live,
    Whitelisted: false,
    WhitelistReason: '',
    Stage: '',
    Line: line,
    Parsed: new Map(),
    Enriched: new Map(),
    Unmarshaled: new Map(),
    Overflow: undefined,
    Time: line.Time,
    StrTime: '',
    StrTimeFormat: '',
    MarshaledTime: '',
    Process: true,
    Appsec: undefined,
    Meta: new Map(),
  }
}

/** A record for a bucket that overflowed. */
export function recordOfOverflow(overflow: OverflowRecord, markedTime: string, clock: Clock): EventRecord {
  const record = emptyRecord(zeroTime, clock)
  record.Type = recordType.overflow
  record.Overflow = overflow
  record.MarshaledTime = markedTime
  return record
}
