/** A timer that can be called off. */
export interface Timer {
  cancel(): void
}

/** Time as a parameter, so that tests own it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. It may jump; only what people read and what is signed uses it. */
  now(): number
  /** Milliseconds that never run backwards; every wait and every window uses these. */
  monotonicMs(): number
  /** Calls `run` once, `ms` milliseconds from now. An open timer keeps the process alive until it is cancelled. */
  after(ms: number, run: () => void): Timer
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}
