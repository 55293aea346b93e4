/** One fact about an alert or one of its events. */
export interface AlertMeta {
  readonly key: string
  readonly value: string
}

/** What an alert is about. Source: CrowdSec Local API swagger, `Source`. */
export interface AlertSource {
  /** As the writer spells it: `Ip`, `Range`, `username` …, or free text. */
  readonly scope: string
  readonly value: string
  readonly ip?: string
  readonly range?: string
  readonly as_number?: string
  readonly as_name?: string
  /** Country, two letters. */
  readonly cn?: string
  readonly latitude?: number
  readonly longitude?: number
}

/** One of the events behind an alert. */
export interface AlertEvent {
  readonly timestamp: string
  readonly meta: readonly AlertMeta[]
}

/** A decision that the writer of an alert asks for. */
export interface AlertDecision {
  readonly origin: string
  readonly type: string
  readonly scope: string
  readonly value: string
  /** Go duration. */
  readonly duration: string
  readonly scenario: string
  readonly simulated?: boolean
}

/**
 * A scenario that overflowed, field for field as CrowdSec's Local API has it, so that its agents report to us and
 * expressions of profiles read it unchanged. Source: CrowdSec Local API swagger, `Alert`.
 */
export interface Alert {
  readonly scenario: string
  readonly scenario_hash: string
  readonly scenario_version: string
  readonly message: string
  readonly events_count: number
  /** ISO 8601. */
  readonly start_at: string
  readonly stop_at: string
  readonly capacity: number
  readonly leakspeed: string
  readonly simulated: boolean
  readonly events: readonly AlertEvent[]
  /** True when the scenario is meant to be answered by a decision. */
  readonly remediation: boolean
  readonly source: AlertSource
  readonly meta: readonly AlertMeta[]
  readonly labels: readonly string[]
  readonly kind: string
  /** Decisions that the writer asks for; without any the profiles decide. */
  readonly decisions: readonly AlertDecision[]
}

/** An alert as it is kept. */
export interface StoredAlert extends Omit<Alert, 'decisions'> {
  readonly id: number
  readonly uuid: string
  /** ISO 8601 UTC. */
  readonly created_at: string
  /** Machine that reported it; empty for our own engine and for acts by hand. */
  readonly machine_id: string
  /** Decisions that it led to, by number. */
  readonly decisionIds: readonly number[]
}
