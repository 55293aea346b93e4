/** A clock that stands still until a test moves it. It fits the `Clock` of @sevenfold/layer. */
export interface FakeClock {
  now(): number
  monotonicMs(): number
  after(ms: number, run: () => void): { cancel(): void }
  /** Moves time on and runs what is due, in order of time; timers set meanwhile run too when they are due. */
  advance(ms: number): void
  /** As `advance`, and lets promises settle after each timer. */
  advanceAsync(ms: number): Promise<void>
  /** Sets the wall clock only, as an administrator or a bad time server does; timers do not notice. */
  setWall(nowMs: number): void
  /** Timers that wait. */
  pending(): number
}

interface FakeTimer {
  readonly due: number
  readonly order: number
  readonly run: () => void
}

/** Most timers that one `advance` runs; a loop of timers at the same moment would never end. */
export const maxTimersPerAdvance = 1_000_000

/** Lets everything that is ready run: promises and immediates, several rounds of them. */
export async function settle(rounds = 5): Promise<void> {
  for (let i = 0; i < rounds; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A fake clock that starts at `startMs` (default 2026-01-01T00:00:00Z). */
export function createFakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  let monotonic = 0
  let offset = startMs
  let order = 0
  const timers = new Set<FakeTimer>()
  const nextDue = (until: number): FakeTimer | undefined => {
    let best: FakeTimer | undefined
    for (const timer of timers) {
      if (timer.due > until) continue
      if (best === undefined || timer.due < best.due || (timer.due === best.due && timer.order < best.order))
        best = timer
    }
    return best
  }
  const step = (until: number): boolean => {
    const timer = nextDue(until)
    if (timer === undefined) return false
    timers.delete(timer)
    monotonic = Math.max(monotonic, timer.due)
    timer.run()
    return true
  }
  const guard = (count: number): void => {
    if (count > maxTimersPerAdvance) throw new Error(`more than ${maxTimersPerAdvance} timers in one advance`)
  }
  return {
    now: () => offset + monotonic,
    monotonicMs: () => monotonic,
    after: (ms, run) => {
      order += 1
      const timer = { due: monotonic + Math.max(0, ms), order, run }
      timers.add(timer)
      return { cancel: () => void timers.delete(timer) }
    },
    advance: (ms) => {
      const until = monotonic + ms
      for (let count = 1; step(until); count += 1) guard(count)
      monotonic = until
    },
    advanceAsync: async (ms) => {
      const until = monotonic + ms
      for (let count = 1; step(until); count += 1) {
        guard(count)
        await settle()
      }
      monotonic = until
      await settle()
    },
    setWall: (nowMs) => void (offset = nowMs - monotonic),
    pending: () => timers.size,
  }
}
