import type { Decision, DecisionDelta } from '@sevenfold/event'
import type { BanEntry } from '../ban/ban-table.ts'

/** What changed for the workers. */
export interface BookChange {
  /** True: the workers forget everything first. */
  readonly reset: boolean
  readonly set: readonly BanEntry[]
  readonly unset: readonly string[]
}

const enforced = new Set(['ip', 'range'])

/** True for a decision that the edge can carry out today. */
function isEnforced(decision: Decision): boolean {
  return enforced.has(decision.scope) && decision.simulated !== true
}

/**
 * All decisions in force, and from them the one that counts for each address or range: an allow before every ban, else
 * the one that lasts longest. The primary keeps it; the workers get only the result.
 */
export class DecisionBook {
  /** Version of the issuer, −1 before the first snapshot. */
  issuerVersion = -1
  private readonly byId = new Map<number, Decision>()
  private readonly byValue = new Map<string, Set<number>>()

  /** Decisions kept. */
  get size(): number {
    return this.byId.size
  }

  /** All decisions, for the copy on disk. */
  all(): readonly Decision[] {
    return [...this.byId.values()]
  }

  /** Replaces everything. */
  replace(snapshot: DecisionDelta): BookChange {
    this.byId.clear()
    this.byValue.clear()
    for (const decision of snapshot.add) this.keep(decision)
    this.issuerVersion = snapshot.version
    return { reset: true, set: this.entries(), unset: [] }
  }

  /** Applies a change; null when a version is missing: a snapshot is needed. */
  apply(delta: DecisionDelta): BookChange | null {
    if (delta.version !== this.issuerVersion + 1) return null
    this.issuerVersion = delta.version
    const touched = new Set<string>()
    for (const id of delta.remove) this.drop(id, touched)
    for (const decision of delta.add) {
      this.drop(decision.id, touched)
      this.keep(decision)
      if (isEnforced(decision)) touched.add(decision.value)
    }
    return this.changeOf(touched)
  }

  /** Forgets what ended before `now` (milliseconds since 1970); the workers see the end by themselves. */
  expire(now: number): void {
    for (const decision of this.byId.values()) {
      if (Date.parse(decision.until) <= now) this.drop(decision.id, new Set())
    }
  }

  /** The entry of every address and range. */
  entries(): readonly BanEntry[] {
    return Array.from(this.byValue.keys(), (value) => this.entryOf(value)).filter((entry) => entry !== null)
  }

  private keep(decision: Decision): void {
    this.byId.set(decision.id, decision)
    if (!isEnforced(decision)) return
    const ids = this.byValue.get(decision.value) ?? new Set()
    ids.add(decision.id)
    this.byValue.set(decision.value, ids)
  }

  private drop(id: number, touched: Set<string>): void {
    const decision = this.byId.get(id)
    if (decision === undefined) return
    this.byId.delete(id)
    const ids = this.byValue.get(decision.value)
    if (ids === undefined) return
    ids.delete(id)
    if (ids.size === 0) this.byValue.delete(decision.value)
    touched.add(decision.value)
  }

  private changeOf(touched: ReadonlySet<string>): BookChange {
    const set: BanEntry[] = []
    const unset: string[] = []
    for (const value of touched) {
      const entry = this.entryOf(value)
      if (entry === null) unset.push(value)
      else set.push(entry)
    }
    return { reset: false, set, unset }
  }

  private entryOf(value: string): BanEntry | null {
    let best: BanEntry | null = null
    for (const id of this.byValue.get(value) ?? []) {
      const decision = this.byId.get(id)
      if (decision === undefined) continue
      const entry = toEntry(decision)
      if (best === null || isStronger(entry, best)) best = entry
    }
    return best
  }
}

function toEntry(decision: Decision): BanEntry {
  return {
    value: decision.value,
    kind: decision.type === 'allow' ? 'allow' : 'ban',
    until: Date.parse(decision.until) / 1000,
    decision: decision.id,
    scenario: decision.scenario,
    origin: decision.origin,
  }
}

function isStronger(entry: BanEntry, than: BanEntry): boolean {
  if (entry.kind !== than.kind) return entry.kind === 'allow'
  return entry.until > than.until
}
