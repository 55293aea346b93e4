import { findingKinds } from './finding.ts'
import type { FindingKind, SilenceFinding } from './finding.ts'

/** A silence that people announced: what it covers is no incident until it is over. */
export interface PlannedSilence {
  readonly id: number
  readonly part: string
  /** Only this kind; all of them without it. */
  readonly kind?: FindingKind
  readonly fromMs: number
  readonly untilMs: number
  readonly reason: string
  readonly actor: string
}

/** Most announcements at a time, and the longest. */
export const plannedLimits: { readonly most: number; readonly longestMs: number } = {
  most: 100,
  longestMs: 7 * 86_400_000,
}

/** Announced silences. */
export class PlannedSilences {
  #list: PlannedSilence[] = []
  #nextId = 1

  /** Those that are not over. */
  list(nowMs: number): readonly PlannedSilence[] {
    this.#list = this.#list.filter(({ untilMs }) => untilMs > nowMs)
    return this.#list
  }

  /** Announces one; null when there are too many or it is too long. */
  plan(silence: Omit<PlannedSilence, 'id'>): PlannedSilence | null {
    const isTooLong = silence.untilMs - silence.fromMs > plannedLimits.longestMs
    if (isTooLong || silence.untilMs <= silence.fromMs || this.#list.length >= plannedLimits.most) return null
    const planned = { id: this.#nextId, ...silence }
    this.#nextId += 1
    this.#list.push(planned)
    return planned
  }

  /** Ends one before its time. */
  end(id: number): PlannedSilence | null {
    const found = this.#list.find((silence) => silence.id === id)
    if (found === undefined) return null
    this.#list = this.#list.filter((silence) => silence !== found)
    return found
  }

  /** The announcement that covers a finding now. A ledger that goes back is never planned. */
  covering(finding: SilenceFinding, nowMs: number): PlannedSilence | undefined {
    if (finding.kind === 'rollback' || finding.kind === 'fork') return undefined
    return this.#list.find(
      ({ part, kind, fromMs, untilMs }) =>
        part === finding.part &&
        (kind === undefined || kind === finding.kind) &&
        fromMs <= nowMs &&
        nowMs < untilMs,
    )
  }

  /** Takes what was kept over a restart. */
  restore(list: readonly PlannedSilence[]): void {
    this.#list = [...list]
    this.#nextId = Math.max(0, ...list.map(({ id }) => id)) + 1
  }
}

/** True for the name of a kind. */
export function isFindingKind(text: unknown): text is FindingKind {
  return findingKinds.some((kind) => kind === text)
}
