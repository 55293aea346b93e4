import type { Level } from './level.ts'

/** Kinds of things that alerts are about. */
export type EntityType = 'part' | 'session' | 'user' | 'source' | 'host' | 'site' | 'account'

/** Something that an alert is about. */
export interface Entity {
  readonly type: EntityType
  readonly value: string
}

/** A rule as alerts and incidents carry it. */
export interface AlertRule {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly level: Level
  readonly author: string
  readonly tactics: readonly string[]
  readonly techniques: readonly string[]
}

/** Where the event behind an alert stands. */
export interface AlertEvent {
  readonly id: string
  /** Index in the ledger; absent for what never came through it. */
  readonly index?: number
  /** Id of the request, for `sevenfold why`. */
  readonly request?: string
}

/** One match of a rule. */
export interface Alert {
  readonly rule: AlertRule
  readonly timeMs: number
  /** Layer that saw it. */
  readonly layer: string
  /** Those that connect alerts to each other, the most telling first. */
  readonly actors: readonly Entity[]
  /** Those that are only shown. */
  readonly targets: readonly Entity[]
  readonly summary: string
  readonly event: AlertEvent
  /** Events that it stands for. */
  readonly count: number
}

/** One text for an entity, for maps. */
export function entityKey({ type, value }: Entity): string {
  return `${type}:${value}`
}
