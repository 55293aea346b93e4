import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HeartbeatBody, Lane, PartName, SevenfoldEvent } from '@sevenfold/event'
import type { IncidentKind } from './incident-kinds.ts'

/** Where a receiver stands in one lane of one epoch of one writer. */
export interface LanePosition {
  readonly agent: string
  readonly epoch: string
  readonly lane: Lane
  /** Last sequence that is durable here. */
  readonly sequence: number
  /** Chain hash after it, lower-case hex; empty while unknown (after a gap, until the next heartbeat). */
  readonly hash: string
}

/** One event of a batch: the exact line, and what it says. */
export interface ReceivedEvent {
  readonly sequence: number
  /** The line without its newline, byte for byte as the writer sealed it: the ledger's leaf. */
  readonly line: string
  readonly event: SevenfoldEvent
}

/** New events of one lane, in order, without duplicates. */
export interface ReceivedBatch {
  /** Part that the key belongs to. */
  readonly part: PartName
  readonly agent: string
  readonly epoch: string
  readonly lane: Lane
  readonly events: readonly ReceivedEvent[]
  /**
   * Where the lane stands after this batch. A store that keeps it with the events (in the same write) and gives it
   * back as `recovered` at the next start never sees an event twice, wherever the process is killed.
   */
  readonly position: LanePosition
}

/** Something that an honest writer does not do, or that a person should know. Text in it is already escaped. */
export interface Incident {
  readonly kind: IncidentKind
  /** Registered agent, or empty for a stranger. */
  readonly agent: string
  readonly message: string
  readonly epoch?: string
  readonly lane?: Lane
  readonly first?: number
  readonly last?: number
}

/** A heartbeat that passed every check. */
export interface AcceptedHeartbeat {
  readonly part: PartName
  readonly body: HeartbeatBody
  /** Milliseconds since 1970 by the receiver's clock. */
  readonly receivedAt: number
}

/** A node:http request listener. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void
