import type { Clock, Timer } from '@sevenfold/layer'

/** What a watch over one part needs. */
export interface HangWatchOptions {
  /** Asks the part; rejects when it does not answer. */
  readonly ask: () => Promise<void>
  /** Called once for each time that the part hangs; asking begins anew when it resolves. */
  readonly onHang: () => Promise<void>
  readonly clock: Clock
}

/** How often a part is asked, in milliseconds, and how many answers may be missing in a row. */
export const hangLimits: { readonly everyMs: number; readonly mayMiss: number } = {
  everyMs: 10_000,
  mayMiss: 4,
}

/**
 * Watches the part that watches all others: a process that was stopped by a signal lives, says nothing, and nobody else
 * would notice. Gives a function that ends the watch.
 */
export function watchForHang({ ask, onHang, clock }: HangWatchOptions): () => void {
  let timer: Timer | undefined
  let missed = 0
  let ended = false
  const round = async (): Promise<void> => {
    try {
      await ask()
      missed = 0
    } catch {
      missed += 1
    }
    if (missed > hangLimits.mayMiss && !ended) {
      missed = 0
      await onHang()
    }
  }
  const plan = (): void => {
    if (ended) return
    timer = clock.after(hangLimits.everyMs, () => void round().finally(plan))
  }
  plan()
  return () => {
    ended = true
    timer?.cancel()
  }
}
