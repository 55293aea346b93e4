import type { AlertRecord } from '@sevenfold/behaviour'
import type { Alert, AlertMeta } from '../alerts/alert.ts'

function metaOf(items: readonly { readonly Key: string; readonly Value: string }[]): readonly AlertMeta[] {
  return items.map(({ Key, Value }) => ({ key: Key, value: Value }))
}

function sourceOf({ Source }: AlertRecord): Alert['source'] {
  const texts = {
    ip: Source.IP,
    range: Source.Range,
    as_number: Source.AsNumber,
    as_name: Source.AsName,
    cn: Source.Cn,
  }
  const known = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
  const place =
    Source.Latitude === 0 && Source.Longitude === 0
      ? {}
      : { latitude: Source.Latitude, longitude: Source.Longitude }
  return { scope: Source.Scope, value: Source.Value, ...known, ...place }
}

/** The alert of a hub scenario as the Local API has it. */
export function alertOfHub(record: AlertRecord): Alert {
  return {
    scenario: record.Scenario,
    scenario_hash: record.ScenarioHash,
    scenario_version: record.ScenarioVersion,
    message: record.Message,
    events_count: record.EventsCount,
    start_at: record.StartAt,
    stop_at: record.StopAt,
    capacity: record.Capacity,
    leakspeed: record.Leakspeed,
    simulated: record.Simulated,
    events: record.Events.map(({ Timestamp, Meta }) => ({ timestamp: Timestamp, meta: metaOf(Meta) })),
    remediation: record.Remediation,
    source: sourceOf(record),
    meta: metaOf(record.Meta),
    labels: [...record.Labels],
    kind: 'crowdsec',
    decisions: [],
  }
}
