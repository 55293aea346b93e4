import type { StoredDecision } from './stored-decision.ts'

/** What changed in one step; `version` grows by one with each. */
export interface DecisionChange {
  readonly version: number
  readonly add: readonly StoredDecision[]
  readonly remove: readonly StoredDecision[]
}

/** Bouncers that come back within this time learn what ended meanwhile. */
export const changeMemoryMs = 86_400_000
/** Most changes remembered; a bouncer behind that gets everything that is active. */
export const maxChanges = 200_000

/** A change with its time, milliseconds since 1970. */
export interface DatedChange extends DecisionChange {
  readonly atMs: number
}

/** The last changes in order. */
export class ChangeMemory {
  readonly #now: () => number
  #changes: DatedChange[] = []
  #version = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Number of the last change. */
  get version(): number {
    return this.#version
  }

  /** Adds a change and returns it. */
  note(add: readonly StoredDecision[], remove: readonly StoredDecision[], atMs: number): DatedChange {
    this.#version += 1
    const change = { version: this.#version, add, remove, atMs }
    this.#changes.push(change)
    const now = this.#now()
    const oldest = this.#changes[0]?.atMs ?? now
    // Trimmed in large steps: moving the array for each change would be quadratic.
    if (this.#changes.length > maxChanges * 1.1 || now - oldest > changeMemoryMs * 1.1) this.#trim(now)
    return change
  }

  /** Changes after `version`; undefined when they are not remembered any more, or never were. */
  since(version: number): readonly DatedChange[] | undefined {
    const [oldest] = this.#changes
    if (version > this.#version) return undefined
    if (oldest === undefined) return version === this.#version ? [] : undefined
    if (version < oldest.version - 1) return undefined
    return this.#changes.slice(version - oldest.version + 1)
  }

  /** All changes that are remembered. */
  all(): readonly DatedChange[] {
    return this.#changes
  }

  #trim(nowMs: number): void {
    const young = this.#changes.findIndex((change) => nowMs - change.atMs <= changeMemoryMs)
    const start = young < 0 ? this.#changes.length - 1 : young
    this.#changes = this.#changes.slice(Math.max(start, this.#changes.length - maxChanges))
  }
}
