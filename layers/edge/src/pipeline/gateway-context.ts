import type { BanHit } from '../ban/ban-table.ts'
import type { InspectionBounds } from './inspection-run.ts'
import type { RequestEvents } from './request-record.ts'

/** What every request of one worker shares. */
export interface GatewayContext {
  readonly events: RequestEvents
  /** Grows with every change of the ban table. */
  banVersion(): number
  /** The decision on an address now. */
  ban(address: string): BanHit | null
  readonly newId: () => string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly monotonicMs: () => number
  readonly bounds: InspectionBounds
  /** How much of a body the inspection reads, bytes. */
  readonly inspectedBodySizeBytes: number
  /** Key of canary marks, or null when there are none. */
  readonly canaryKey: Uint8Array | null
  /** A canary went through the judgement: true when it was stopped. */
  canarySeen(attack: string, stopped: boolean): void
}
