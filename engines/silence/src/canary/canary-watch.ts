/** What became of the last attack that another part sent through the live path. */
export interface CanaryStatement {
  readonly ok: boolean
  readonly timeMs: number
}

/** Why a part counts as toothless. */
export type CanaryProblem =
  | { readonly kind: 'passed'; readonly sinceMs: number }
  | { readonly kind: 'old'; readonly sinceMs: number }

/** A result older than this counts as failed, in milliseconds. */
export const canaryPatienceMs = 150_000

/** Remembers the newest result of each part: a layer is proved by what it stops, not by what it says. */
export class CanaryWatch {
  readonly #patienceMs: number
  readonly #parts = new Map<string, CanaryStatement>()

  constructor(patienceMs: number = canaryPatienceMs) {
    this.#patienceMs = patienceMs
  }

  /** A part stated a result. An older one than known changes nothing. */
  observe(part: string, statement: CanaryStatement): void {
    const known = this.#parts.get(part)
    if (known === undefined || statement.timeMs > known.timeMs) this.#parts.set(part, statement)
  }

  /** Planned end. */
  forget(part: string): void {
    this.#parts.delete(part)
  }

  /** What is wrong with a part now; null also for one that never had a canary. */
  problem(part: string, nowMs: number): CanaryProblem | null {
    const known = this.#parts.get(part)
    if (known === undefined) return null
    if (!known.ok) return { kind: 'passed', sinceMs: known.timeMs }
    return nowMs - known.timeMs > this.#patienceMs ? { kind: 'old', sinceMs: known.timeMs } : null
  }

  /** Parts that ever had one. */
  parts(): readonly string[] {
    return [...this.#parts.keys()]
  }
}
