import type { HubBucket } from '../bucket/hub-bucket.ts'
import { formatGoDuration } from '../helpers/go-duration.ts'
import type { GoTime } from '../helpers/go-time.ts'
import type {
  AlertEventRecord,
  AlertRecord,
  EventRecord,
  MetaItem,
  OverflowRecord,
  SourceRecord,
} from '../record.ts'
import type { CompiledScenario } from '../scenario/compiled-scenario.ts'
import { sourcesOf } from './sources-of.ts'

/** What an overflow is built from. */
export interface OverflowParts {
  readonly scenario: CompiledScenario
  readonly bucket: HubBucket
  /** When it overflowed. */
  readonly at: GoTime
  /** What the contexts found. */
  readonly meta: readonly MetaItem[]
}

/** A moment as Go prints it. */
function goTimeText(time: GoTime): string {
  const away = Math.abs(time.offsetMinutes)
  const sign = time.offsetMinutes < 0 ? '-' : '+'
  const two = (n: number): string => String(n).padStart(2, '0')
  const offset = `${sign}${two(Math.floor(away / 60))}${two(away % 60)}`
  const clock = time.toRfc3339().replace(/(?:Z|[+-]\d\d:\d\d)$/u, '')
  return `${clock.replace('T', ' ')} ${offset} ${away === 0 ? 'UTC' : offset}`
}

/** What is left of an event in an alert: its Meta, sorted, and its time. */
export function alertEventOf(record: EventRecord): AlertEventRecord {
  const keys = [...record.Meta.keys()].toSorted((a, b) => (a < b ? -1 : 1))
  return {
    Timestamp: record.MarshaledTime === '' ? record.Time.toRfc3339() : record.MarshaledTime,
    Meta: keys.map((key) => ({ Key: key, Value: record.Meta.get(key) ?? '' })),
  }
}

function messageOf(
  { scenario, bucket, at }: OverflowParts,
  sources: ReadonlyMap<string, SourceRecord>,
): string {
  const [first] = sources.values()
  const who = sources.size > 1 ? `${sources.size} sources` : (first?.Value ?? 'UNKNOWN')
  const over = formatGoDuration(at.nanosecondsSince(bucket.first))
  return `${first?.Scope ?? ''} ${who} performed '${scenario.spec.name}' (${bucket.total} events over ${over}) at ${goTimeText(bucket.last)}`
}

/** The overflow of a bucket with one alert for each source. Throws NoSource. */
export function buildOverflow(parts: OverflowParts): OverflowRecord | undefined {
  const { scenario, bucket, at, meta } = parts
  const { spec } = scenario
  const sources = sourcesOf(bucket.queue, scenario)
  const common = {
    Scenario: spec.name,
    ScenarioHash: '',
    ScenarioVersion: spec.version,
    Message: messageOf(parts, sources),
    EventsCount: bucket.total,
    StartAt: bucket.first.toRfc3339(),
    StopAt: at.toRfc3339(),
    Capacity: spec.capacity,
    Leakspeed: formatGoDuration(spec.leakSpeedNs),
    Simulated: false,
    Remediation: spec.labels['remediation'] === true,
    Events: bucket.queue.map(alertEventOf),
    Labels: [],
    Meta: meta,
    Kind: 'crowdsec',
    UUID: '',
    CreatedAt: '',
    MachineID: '',
  }
  const alerts: AlertRecord[] = [...sources.values()].map((source) => ({ ...common, Source: source }))
  const [alert] = alerts
  if (alert === undefined) return undefined
  return {
    Mapkey: `${spec.name}/${bucket.key}`,
    BucketId: '',
    Whitelisted: false,
    Reprocess: spec.reprocess,
    Sources: sources,
    Alert: alert,
    APIAlerts: alerts,
  }
}
