import type { Clock } from '@sevenfold/layer'

/** Longest wait of an answer for the disk: with one that does not answer, acts are in force and in memory only. */
export const keptWithinMs = 2_000

/** Resolves with the work, at the latest after `ms`. */
export function within(clock: Pick<Clock, 'after'>, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve)
    const end = (): void => {
      timer.cancel()
      resolve()
    }
    work.then(end, end)
  })
}
