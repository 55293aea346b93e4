import type { Clock, Logger, Timer } from '@sevenfold/layer'

/** What the switch needs. */
export interface DeadManOptions {
  readonly intervalMs: number
  /** Why all is not well; undefined when it is. */
  readonly trouble: () => string | undefined
  /** Tells the watcher outside; rejects when it cannot be reached. */
  readonly ping: () => Promise<void>
  readonly clock: Clock
  readonly log: Pick<Logger, 'info' | 'warn'>
}

/**
 * A dead-man's switch: somebody outside is called while all is well, and raises the alarm when the calls stop. It is the
 * silence that tells, so nothing here can be muted to hide it. Gives a function that ends it.
 */
export function startDeadMan(options: DeadManOptions): () => void {
  const { clock, log } = options
  let timer: Timer | undefined
  let ended = false
  let last = ''
  const say = (state: string): void => {
    if (state === last) return
    if (state === 'well') log.info('dead-man-called', {})
    else log.warn('dead-man-not-called', { why: state })
    last = state
  }
  const round = async (): Promise<void> => {
    const trouble = options.trouble()
    if (trouble !== undefined) return say(trouble)
    try {
      await options.ping()
      say('well')
    } catch (error) {
      say(error instanceof Error ? error.message : String(error))
    }
  }
  const plan = (): void => {
    if (ended) return
    timer = clock.after(options.intervalMs, () => void round().finally(plan))
  }
  void round().finally(plan)
  return () => {
    ended = true
    timer?.cancel()
  }
}
