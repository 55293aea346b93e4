import type { EventDraft } from '../event/event.ts'
import type { Decision } from './decision.ts'
import type { CanaryResult, Mode } from './heartbeat.ts'

/** A sensor line longer than this many bytes closes the connection. */
export const maxSensorLineBytes = 65_536
/** Events that a sensor keeps while it has no forwarder. */
export const sensorRingEvents = 1000

/** Something that the agent could not protect, and why. */
export interface Unprotected {
  readonly package: string
  readonly version?: string
  readonly why: string
}

/** Agent in an application → runtime forwarder, one JSON object a line over `SEVENFOLD_RUNTIME_SOCKET`. */
export type SensorMessage =
  | {
      readonly type: 'hello'
      readonly v: 1
      readonly token: string
      readonly service: string
      readonly pid: number
      readonly node: string
      readonly unprotected: readonly Unprotected[]
    }
  | { readonly type: 'event'; readonly n: number; readonly event: EventDraft }
  | {
      readonly type: 'beat'
      readonly n: number
      readonly counters: Readonly<Record<string, number>>
      readonly canary?: CanaryResult
    }
  | { readonly type: 'bye'; readonly code: number }

/** Runtime forwarder → agent. */
export type ForwarderMessage =
  | { readonly type: 'policy'; readonly mode: Mode; readonly profileDigest: string }
  | {
      readonly type: 'decisions'
      readonly version: number
      readonly add: readonly Decision[]
      readonly remove: readonly number[]
    }
