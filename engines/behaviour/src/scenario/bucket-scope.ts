import type { HubBucket } from '../bucket/hub-bucket.ts'
import type { EventRecord } from '../record.ts'
import type { CompiledScenario } from './compiled-scenario.ts'

/** Values of the variables evt, queue and leaky for conditions on a bucket. */
export function bucketScope(
  record: EventRecord | undefined,
  bucket: HubBucket,
  scenario: CompiledScenario,
): readonly [record: EventRecord | undefined, queue: unknown, leaky: unknown] {
  const queue = { Queue: bucket.queue, L: scenario.queueSize }
  const { spec } = scenario
  const leaky = {
    Name: spec.name,
    Mapkey: `${spec.name}/${bucket.key}`,
    Capacity: spec.capacity,
    CacheSize: spec.cacheSize,
    Total_count: bucket.total,
    First_ts: bucket.first,
    Last_ts: bucket.last,
    Ovflw_ts: bucket.last,
    Duration: scenario.lifetimeMs * 1e6,
    Leakspeed: spec.leakSpeedNs,
    Uuid: '',
  }
  return [record, queue, leaky]
}
