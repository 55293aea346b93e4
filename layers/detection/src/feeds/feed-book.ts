import type { DecisionStore, DecisionWish } from '../decisions/decision-store.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import type { DecisionGate } from '../desk/decision-gate.ts'
import type { Feed } from './feed.ts'
import { entryKey } from './feed-entry.ts'
import type { FeedEntry } from './feed-entry.ts'

/** Origin of decisions that come from feeds, as in CrowdSec. */
export const feedOrigin = 'lists'

/** What came of bringing decisions in line with feeds. */
export interface FeedReconciliation {
  readonly made: number
  readonly ended: number
  /** Values that feeds name and nobody bans: never-ban list, allow-lists, too wide. */
  readonly spared: number
}

/** A value with all that feeds say of it. */
interface Opinion {
  entry: FeedEntry
  trust: number
  names: string[]
}

/** What a book needs. */
export interface FeedBookOptions {
  readonly feeds: readonly Feed[]
  readonly threshold: number
  readonly store: DecisionStore
  readonly gate: DecisionGate
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether decisions are only recorded. */
  readonly isSimulated: () => boolean
}

/** An end that comes nearer by less than this is not told to everybody. */
const minChangeMs = 60_000

/**
 * Brings decisions in line with what the feeds say together. A value is banned when the trust of those that name it
 * adds up to the threshold; never-ban list and allow-lists win over all of them.
 */
export class FeedBook {
  readonly #options: FeedBookOptions

  constructor(options: FeedBookOptions) {
    this.#options = options
  }

  /** Makes and ends decisions of feeds; those of others are not touched. */
  reconcile(): FeedReconciliation {
    const { store, threshold, isSimulated, now } = this.#options
    const wanted = new Map<string, DecisionWish>()
    let spared = 0
    for (const { entry, trust, names } of this.#opinions().values()) {
      if (trust + 1e-9 < threshold) continue
      const wish: DecisionWish = {
        type: entry.type,
        scope: entry.scope,
        value: entry.value,
        untilMs: entry.untilMs,
        origin: feedOrigin,
        scenario: names.join('+').slice(0, 256),
        simulated: isSimulated(),
      }
      const admission = this.#options.gate.admit(wish)
      if (admission.kind === 'refused') spared += 1
      else for (const one of admission.wishes) wanted.set(entryKey(one), one)
    }
    const nowMs = now()
    const gone: number[] = []
    for (const decision of store.active()) {
      if (decision.origin !== feedOrigin) continue
      const wish = wanted.get(entryKey(decision))
      if (wish !== undefined && canStay(decision, wish, nowMs)) wanted.delete(entryKey(decision))
      else gone.push(decision.id)
    }
    // New ones first: a value whose end moves is never without a ban.
    const made = store.addAll([...wanted.values()])
    const ended = store.removeAll(gone, 'its feeds name it no longer')
    return { made: made.length, ended: ended.length, spared }
  }

  #opinions(): ReadonlyMap<string, Opinion> {
    const opinions = new Map<string, Opinion>()
    for (const feed of this.#options.feeds) {
      const { trust, name, type } = feed.config
      for (const entry of feed.active()) {
        const key = entryKey(entry)
        const own = entry.type === 'ban' && type !== 'ban' ? { ...entry, type } : entry
        const opinion = opinions.get(key)
        if (opinion === undefined) opinions.set(key, { entry: own, trust, names: [name] })
        else {
          opinion.trust += trust
          opinion.names.push(name)
          if (entry.untilMs > opinion.entry.untilMs)
            opinion.entry = { ...opinion.entry, untilMs: entry.untilMs }
        }
      }
    }
    return opinions
  }
}

/** Whether a decision can stay: feeds confirm their entries at each look, and not each of these is news for everybody. */
function canStay(decision: StoredDecision, wish: DecisionWish, nowMs: number): boolean {
  if (decision.type !== wish.type || decision.simulated !== wish.simulated) return false
  if (wish.untilMs < decision.untilMs - minChangeMs) return false
  return decision.untilMs - nowMs > (wish.untilMs - nowMs) / 2
}
