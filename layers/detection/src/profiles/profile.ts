import type { Alert } from '../alerts/alert.ts'

/** What a profile decides about an alert. */
export interface ProfileDecision {
  readonly type: string
  readonly durationMs: number
  readonly scope: string
  readonly value: string
  readonly origin: string
  readonly simulated: boolean
  /** False when an expression of the profile said how long: then nothing lengthens it. */
  readonly escalates: boolean
}

/** What profiles made of an alert, with what went wrong in them. */
export interface ProfileOutcome {
  readonly decisions: readonly ProfileDecision[]
  /** Names of the profiles that matched. */
  readonly matched: readonly string[]
  readonly errors: readonly string[]
}

/** Turns alerts into decisions. */
export interface Profiles {
  decide(alert: Alert): ProfileOutcome
}
