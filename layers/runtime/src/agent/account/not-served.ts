import type { EntryRefusal } from './account.ts'

/** Counts requests that were kept out before the application saw them: told of with the beats, because they come in masses. */
export class NotServed {
  readonly #counts: Record<EntryRefusal['status'], number> = { 403: 0, 429: 0 }

  /** Counts a refusal and gives it back. */
  note(refusal: EntryRefusal | undefined): EntryRefusal | undefined {
    if (refusal !== undefined) this.#counts[refusal.status] += 1
    return refusal
  }

  /** What happened since the last time: at most one text. */
  takeNews(): readonly string[] {
    const { 403: kept, 429: slowed } = this.#counts
    this.#counts[403] = 0
    this.#counts[429] = 0
    if (kept + slowed === 0) return []
    return [`requests that were not served: ${kept} by a decision, ${slowed} beyond a rate`]
  }
}
