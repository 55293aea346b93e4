import type { Lane, Loss } from '@sevenfold/event'

/** Losses that are not yet declared. Ranges of one lane and reason grow together, so that a flood declares little. */
export interface Losses {
  add(lane: Lane, range: { first: number; last: number; count: number }, reason: Loss['reason']): void
  /** Takes everything out. */
  take(): Loss[]
  isEmpty(): boolean
}

/** An empty list of losses. */
export function createLosses(): Losses {
  const open = new Map<string, Loss>()
  return {
    add: (lane, { first, last, count }, reason) => {
      const key = `${lane} ${reason}`
      const known = open.get(key)
      open.set(key, {
        lane,
        reason,
        first: Math.min(first, known?.first ?? first),
        last: Math.max(last, known?.last ?? last),
        // Fewer than last - first + 1 when events between the lost ones were kept.
        count: count + (known?.count ?? 0),
      })
    },
    take: () => {
      const all = [...open.values()]
      open.clear()
      return all
    },
    isEmpty: () => open.size === 0,
  }
}
