import type { Decision, DecisionDelta } from '@sevenfold/event'
import type { BanEntry } from '../ban/ban-table.ts'
import { CrowdedPrefixes } from './crowded-prefixes.ts'

/** What changed for the workers. */
export interface BookChange {
  /** True: the workers forget everything first. */
  readonly reset: boolean
  readonly set: readonly BanEntry[]
  readonly unset: readonly string[]
  /** How many values gave way to others. */
  readonly evicted?: number
}

/** Most addresses and ranges with a decision: their table in each worker stays below 32 MB. */
export const valueLimit = 500_000
/** Share of the limit that gives way at once. */
const evictedShare = 0.01

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
  private readonly crowd = new CrowdedPrefixes()
  private readonly limit: number

  /** @param limit most addresses and ranges. */
  constructor(limit: number = valueLimit) {
    this.limit = limit
  }

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
    this.crowd.clear()
    for (const decision of snapshot.add) this.keep(decision)
    this.issuerVersion = snapshot.version
    const evicted = this.evict(new Set())
    return { reset: true, set: this.entries(), unset: [], evicted }
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
    const evicted = this.evict(touched)
    return { ...this.changeOf(touched), evicted }
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
    this.crowd.add(decision.value)
  }

  private drop(id: number, touched: Set<string>): void {
    const decision = this.byId.get(id)
    if (decision === undefined) return
    this.byId.delete(id)
    const ids = this.byValue.get(decision.value)
    if (ids === undefined) return
    ids.delete(id)
    if (ids.size === 0) {
      this.byValue.delete(decision.value)
      this.crowd.remove(decision.value)
    }
    touched.add(decision.value)
  }

  /** Makes room where there are too many; returns how many values gave way. An allow never does. */
  private evict(touched: Set<string>): number {
    const before = this.byValue.size
    while (this.byValue.size > this.limit) {
      const most = Math.max(1, Math.floor(this.limit * evictedShare))
      const values = this.crowd.surplus(most, (value) => this.entryOf(value)?.kind === 'allow')
      if (values.length === 0) break
      for (const value of values) for (const id of this.byValue.get(value) ?? []) this.drop(id, touched)
    }
    return before - this.byValue.size
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
