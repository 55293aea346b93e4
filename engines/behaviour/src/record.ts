import type { GoTime } from './helpers/go-time.ts'

/**
 * The event record that rules see as `evt`. Field names are those of the hub's rules (`evt.Meta.source_ip`), so they
 * keep the spelling of CrowdSec's `pkg/types/event.go`; the types the expression compiler gives them stand in
 * `expr/environments.ts`.
 */

/** `Type` of a record. */
export const recordType = { log: 0, overflow: 1, appsec: 2 } as const

/** `ExpectMode` of a record: buckets run on the wall clock, or on the time of the lines. */
export const expectMode = { live: 0, timeMachine: 1 } as const

/** One line as it came in. */
export interface LineRecord {
  Raw: string
  /** The file, unit, address … that it came from. */
  Src: string
  Time: GoTime
  /** What the source's configuration says of its lines; has `type` at least. */
  readonly Labels: Map<string, string>
  Process: boolean
  Module: string
}

/** One key and value of an alert's event. */
export interface MetaItem {
  readonly Key: string
  readonly Value: string
}

/** One event of an alert: what is left of a record once it leaves the engine. Meta is sorted by key. */
export interface AlertEventRecord {
  /** RFC 3339. */
  Timestamp: string
  readonly Meta: readonly MetaItem[]
}

/** Where an attack came from. Empty text or 0: not known. */
export interface SourceRecord {
  Scope: string
  Value: string
  IP: string
  Range: string
  AsName: string
  AsNumber: string
  Cn: string
  Latitude: number
  Longitude: number
}

/** An alert, as profiles (`Alert`) and overflow parsers (`evt.Overflow.Alert`) see it. */
export interface AlertRecord {
  Scenario: string
  ScenarioHash: string
  ScenarioVersion: string
  Message: string
  EventsCount: number
  StartAt: string
  StopAt: string
  Capacity: number
  Leakspeed: string
  Simulated: boolean
  Remediation: boolean
  Source: SourceRecord
  readonly Events: readonly AlertEventRecord[]
  readonly Labels: readonly string[]
  Meta: readonly MetaItem[]
  Kind: string
  UUID: string
  CreatedAt: string
  MachineID: string
}

/** What a bucket hands on when it overflows. */
export interface OverflowRecord {
  Mapkey: string
  BucketId: string
  Whitelisted: boolean
  Reprocess: boolean
  /** By the value of the source. */
  readonly Sources: Map<string, SourceRecord>
  Alert: AlertRecord
  readonly APIAlerts: readonly AlertRecord[]
}

/** One rule that matched a request: names and values of CrowdSec's AppSec events. */
export type MatchedRule = ReadonlyMap<string, unknown>

/** What an AppSec event carries. */
export interface AppsecRecord {
  HasInBandMatches: boolean
  HasOutBandMatches: boolean
  readonly MatchedRules: readonly MatchedRule[]
  readonly Vars: Map<string, string>
}

/** One event on its way through parsers, scenarios and postoverflows. */
export interface EventRecord {
  Type: (typeof recordType)[keyof typeof recordType]
  ExpectMode: (typeof expectMode)[keyof typeof expectMode]
  Whitelisted: boolean
  WhitelistReason: string
  Stage: string
  Line: LineRecord
  /** Missing keys read as empty text in rules. */
  readonly Parsed: Map<string, string>
  readonly Enriched: Map<string, string>
  /** Trees of JSON or key=value texts; missing keys read as nil in rules. JSON objects are plain objects. */
  readonly Unmarshaled: Map<string, unknown>
  /** Only on records of type overflow. */
  Overflow: OverflowRecord | undefined
  Time: GoTime
  StrTime: string
  StrTimeFormat: string
  MarshaledTime: string
  Process: boolean
  Appsec: AppsecRecord | undefined
  /** All that leaves the engine. */
  readonly Meta: Map<string, string>
}
