import type { Clock, Timer } from './clock.ts'

/** How something is done again and again. */
export interface RepeatOptions {
  readonly clock: Clock
  /** Milliseconds between the end of one time and the beginning of the next. */
  readonly everyMs: number
  readonly run: () => Promise<void> | void
  /** Told of a time that failed; the next one comes all the same. */
  readonly onError: (error: unknown) => void
  /** Whether the first time is at once, and not after `everyMs`. */
  readonly atOnce?: boolean
}

/** Does something again and again until it is stopped; one time never overlaps the next, and after `stop` none begins. */
export function repeat({ clock, everyMs, run, onError, atOnce = false }: RepeatOptions): { stop(): void } {
  let timer: Timer | undefined
  let isStopped = false
  const once = async (): Promise<void> => {
    try {
      await run()
    } catch (error) {
      onError(error)
    }
    if (!isStopped) timer = clock.after(everyMs, () => void once())
  }
  if (atOnce) void once()
  else timer = clock.after(everyMs, () => void once())
  return {
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}
