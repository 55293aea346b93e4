import type { DecisionStore } from '../../decisions/decision-store.ts'
import type { StoredDecision } from '../../decisions/stored-decision.ts'
import { feedOrigin } from '../feed-book.ts'

/**
 * Our own bans of addresses and ranges, one for each value, the one that lasts longest: what others may take as a feed. What we have from
 * feeds is left out: two installations that read each other would keep a ban alive for ever.
 */
export function ownBans(store: DecisionStore): readonly StoredDecision[] {
  const longest = new Map<string, StoredDecision>()
  for (const decision of store.active()) {
    const { scope, value, type, simulated, origin, untilMs } = decision
    if (simulated || type !== 'ban' || origin === feedOrigin || (scope !== 'ip' && scope !== 'range'))
      continue
    if (untilMs > (longest.get(value)?.untilMs ?? 0)) longest.set(value, decision)
  }
  return [...longest.values()]
}

/** Bans as a plain list, one value a line. */
export function plainList(bans: readonly StoredDecision[]): string {
  return bans.map(({ value }) => `${value}\n`).join('')
}
