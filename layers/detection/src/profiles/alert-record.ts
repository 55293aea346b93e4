import type { AlertRecord, MetaItem } from '@sevenfold/behaviour'
import type { Alert, AlertMeta } from '../alerts/alert.ts'

const items = (meta: readonly AlertMeta[]): MetaItem[] =>
  meta.map(({ key, value }) => ({ Key: key, Value: value }))

/** An alert as expressions of profiles see it: the names of CrowdSec's `models.Alert`. */
export function alertRecord(alert: Alert): AlertRecord {
  const { source } = alert
  return {
    Scenario: alert.scenario,
    ScenarioHash: alert.scenario_hash,
    ScenarioVersion: alert.scenario_version,
    Message: alert.message,
    EventsCount: alert.events_count,
    StartAt: alert.start_at,
    StopAt: alert.stop_at,
    Capacity: alert.capacity,
    Leakspeed: alert.leakspeed,
    Simulated: alert.simulated,
    Remediation: alert.remediation,
    Source: {
      Scope: source.scope,
      Value: source.value,
      IP: source.ip ?? '',
      Range: source.range ?? '',
      AsName: source.as_name ?? '',
      AsNumber: source.as_number ?? '',
      Cn: source.cn ?? '',
      Latitude: source.latitude ?? 0,
      Longitude: source.longitude ?? 0,
    },
    Events: alert.events.map(({ timestamp, meta }) => ({ Timestamp: timestamp, Meta: items(meta) })),
    Labels: alert.labels,
    Meta: items(alert.meta),
    Kind: alert.kind,
    UUID: '',
    CreatedAt: '',
    MachineID: '',
  }
}
