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
  const leaky = {
    Queue: queue,
    Mapkey: `${scenario.spec.name}/${bucket.key}`,
    Uuid: '',
    First_ts: bucket.first,
    Last_ts: bucket.last,
    Ovflw_ts: bucket.last,
    Total_count: bucket.total,
  }
  return [record, queue, leaky]
}
