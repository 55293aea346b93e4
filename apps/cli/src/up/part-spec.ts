/** One process that the supervisor keeps running. */
export interface PartSpec {
  /** Name of the part; also of its folder and its log. */
  readonly name: string
  /** Path of its entry, `dist/main.js`. */
  readonly entry: string
  /** Variables besides those that every part gets. */
  readonly env?: Readonly<Record<string, string>>
  /** Options of node itself. */
  readonly nodeOptions?: readonly string[]
  /** Processes of one stage stop together; lower stages stop first. */
  readonly stopStage: number
  /**
   * True when its own processes serve on after it died until the next one takes over, with listening sockets that the
   * supervisor keeps.
   */
  readonly handsOver?: true
}

/** A place where a part serves people or programs. */
export interface PartListening {
  readonly name: string
  readonly url: string
}

/** Time a part may take until it says that it is ready, in milliseconds. */
export const readyDeadlineMs = 30_000
/** Time a part may take to stop before its whole process group is killed, in milliseconds. */
export const stopDeadlineMs = 3_000
/** Time for stopping everything, in milliseconds. */
export const stopAllDeadlineMs = 4_500
/** Time for which the processes of a dead part may serve until the next one took over, in milliseconds. */
export const leftBehindMs = 75_000
/** A part that ran this long before it died starts again at once, in milliseconds. */
export const steadyAfterMs = 60_000

const firstDelayMs = 250
const longestDelayMs = 10_000

/**
 * Pause before a dead part starts again, in milliseconds: doubles with each death in a row, and not above 10 s, because
 * a part that is down defends nothing.
 */
export function restartDelayMs(deathsInARow: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(20, Math.max(0, deathsInARow - 1)))
}
