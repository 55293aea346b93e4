import type { JsonObject } from '@sevenfold/event'
import type { Level } from '../alert/level.ts'

/** Changes of an incident that start a playbook. */
export const triggerChanges = ['opened', 'escalated', 'campaign'] as const
/** One of them. */
export type TriggerChange = (typeof triggerChanges)[number]

/** When a playbook starts. Every member that is given must hold. */
export interface Trigger {
  readonly on: readonly TriggerChange[]
  readonly level?: Level
  readonly minScore?: number
  /** Names or ids of rules of which one must stand in the incident. */
  readonly rules: readonly string[]
  readonly tactics: readonly string[]
}

/** A further condition on the incident. */
export interface Condition {
  /** For example `source`, `user`, `layers`, `score`, `count`, `cases`. */
  readonly field: string
  readonly is: 'exists' | 'absent' | 'equals' | 'atLeast' | 'atMost' | 'contains'
  readonly value: string | number
}

/** How much a playbook may do before a person looks. */
export interface Limits {
  /** Runs in an hour. */
  readonly perHour: number
  /** Things acted on in one run. */
  readonly targets: number
}

/** One step: an action with its settings. */
export interface Step {
  readonly action: string
  readonly settings: JsonObject
  /** Undone after this time; absent: stays. */
  readonly ttlMs?: number
}

/** A playbook. */
export interface Playbook {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly trigger: Trigger
  readonly when: readonly Condition[]
  readonly limits: Limits
  /** A person says yes before the first step. */
  readonly approval: boolean
  readonly steps: readonly Step[]
}

/** Bounds of a playbook. */
export const playbookLimits: {
  readonly maxSteps: number
  readonly maxConditions: number
  readonly maxPerHour: number
  readonly maxTargets: number
  readonly maxPlaybooks: number
  readonly longestTtlMs: number
} = {
  maxSteps: 20,
  maxConditions: 20,
  maxPerHour: 100,
  maxTargets: 50,
  maxPlaybooks: 200,
  longestTtlMs: 30 * 86_400_000,
}
