/** How long an offence is remembered. */
export const offenceMemoryMs: number = 30 * 86_400_000
/** Most values remembered; the one quiet for longest is forgotten first. */
export const maxOffenders = 200_000

/** One record of the log behind the memory. */
export interface OffenceRecord {
  readonly value: string
  readonly count: number
  /** Milliseconds since 1970. */
  readonly lastMs: number
}

/** How a repeated offence lengthens a ban. */
export interface Escalation {
  /** Each ban of the same value lasts this many times the one before; 1 switches it off. */
  readonly factor: number
  readonly maxMs: number
}

/** How often each value was banned in the last 30 days. */
export class Offenders {
  readonly #append: (record: OffenceRecord) => void
  readonly #known = new Map<string, { count: number; lastMs: number }>()

  constructor(append: (record: OffenceRecord) => void, records: readonly OffenceRecord[] = []) {
    this.#append = append
    for (const { value, count, lastMs } of records) this.#set(value, count, lastMs)
  }

  #set(value: string, count: number, lastMs: number): void {
    this.#known.delete(value)
    if (count === 0) return
    this.#known.set(value, { count, lastMs })
    const [oldest] = this.#known.keys()
    if (this.#known.size > maxOffenders && oldest !== undefined) this.#known.delete(oldest)
  }

  /** Bans of a value that are remembered. */
  count(value: string, nowMs: number): number {
    const known = this.#known.get(value)
    return known === undefined || nowMs - known.lastMs > offenceMemoryMs ? 0 : known.count
  }

  /** Notes a ban. */
  note(value: string, nowMs: number): void {
    const record = { value, count: this.count(value, nowMs) + 1, lastMs: nowMs }
    this.#set(value, record.count, nowMs)
    this.#append(record)
  }

  /** Forgets a value whose ban was a mistake. */
  forgive(value: string): void {
    if (!this.#known.delete(value)) return
    this.#append({ value, count: 0, lastMs: 0 })
  }

  /** How long the next ban of a value lasts: the first as long as `baseMs`, each further one `factor` times as long. */
  durationMs(value: string, baseMs: number, options: Escalation & { nowMs: number }): number {
    const grown = baseMs * options.factor ** this.count(value, options.nowMs)
    return Math.max(baseMs, Math.min(grown, options.maxMs))
  }

  /** What a compacted log holds. */
  records(): OffenceRecord[] {
    return [...this.#known].map(([value, { count, lastMs }]) => ({ value, count, lastMs }))
  }
}
