import type { BehaviourEvent } from '../event/behaviour-event.ts'

/** What an overflow is about: the kind of thing that behaved badly. */
export type ScenarioScope = 'ip' | 'username' | 'session'

/** What a scenario says of itself besides judging. */
export interface ScenarioLabels {
  /** True when an overflow should lead to a decision. */
  readonly remediation: boolean
  readonly service: string
  readonly behavior: string
  /** MITRE ATT&CK technique ids. */
  readonly techniques: readonly string[]
}

/**
 * A leaky-bucket scenario: each matching event is poured into the bucket of its group; the bucket leaks one event per
 * `leakSpeedMs`; one event more than `capacity` overflows it.
 */
export interface LeakyScenario {
  readonly name: string
  readonly description: string
  readonly filter: (event: BehaviourEvent) => boolean
  /** Key of the bucket; an empty text means: not for this scenario. */
  readonly groupBy: (event: BehaviourEvent) => string
  /** Where given, only events with a value that the bucket has not seen count. */
  readonly distinct?: (event: BehaviourEvent) => string
  readonly capacity: number
  readonly leakSpeedMs: number
  /** After an overflow, no second one of the same group for this long. */
  readonly blackholeMs: number
  readonly scope: ScenarioScope
  readonly labels: ScenarioLabels
}

/** Throws a `RangeError` for a scenario that could never work; the message names scenario and field. */
export function checkScenario(scenario: LeakyScenario): void {
  const bad = (field: string): never => {
    throw new RangeError(`scenario ${scenario.name}: ${field} is out of range`)
  }
  if (!/^[\w./-]{1,128}$/u.test(scenario.name)) bad('name')
  if (!Number.isSafeInteger(scenario.capacity) || scenario.capacity < 1) bad('capacity')
  if (!(scenario.leakSpeedMs > 0) || !Number.isFinite(scenario.leakSpeedMs)) bad('leakSpeedMs')
  if (!(scenario.blackholeMs >= 0) || !Number.isFinite(scenario.blackholeMs)) bad('blackholeMs')
}
