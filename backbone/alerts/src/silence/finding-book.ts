import { findingKey, isMoment } from './finding.ts'
import type { SilenceFinding } from './finding.ts'
import type { PlannedSilences } from './planned-silences.ts'

/** What changed since the last look. */
export interface FindingChanges {
  readonly raised: readonly SilenceFinding[]
  readonly ended: readonly SilenceFinding[]
}

/** Remembers what was told, so that each finding is told when it begins and when it is over. */
export class FindingBook {
  readonly #active = new Map<string, SilenceFinding>()
  readonly #planned: PlannedSilences

  constructor(planned: PlannedSilences) {
    this.#planned = planned
  }

  /** What lasts now. */
  active(): readonly SilenceFinding[] {
    return [...this.#active.values()]
  }

  /** Compares what is wrong now with what was told. What was announced is not told until the announcement is over. */
  update(found: readonly SilenceFinding[], nowMs: number): FindingChanges {
    const now = new Map(
      found
        .filter((finding) => this.#planned.covering(finding, nowMs) === undefined)
        .map((finding) => [findingKey(finding), finding]),
    )
    const raised = [...now].filter(([key]) => !this.#active.has(key)).map(([, finding]) => finding)
    const ended = [...this.#active].filter(([key]) => !now.has(key)).map(([, finding]) => finding)
    for (const finding of ended) this.#active.delete(findingKey(finding))
    for (const finding of raised) if (!isMoment(finding.kind)) this.#active.set(findingKey(finding), finding)
    return { raised, ended }
  }
}
