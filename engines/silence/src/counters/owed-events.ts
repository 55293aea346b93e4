import { GrowingCounter } from './growing-counter.ts'

/** What a writer counted and did not write. */
export interface OwedEvents {
  readonly counted: number
  readonly seen: number
  readonly sinceMs: number
}

/** Fewest missing events that count, and the share of all that must be missing: a mute takes most, an accident a few. */
export const owedLimits: { readonly fewest: number; readonly share: number; readonly windowMs: number } = {
  fewest: 50,
  share: 0.5,
  windowMs: 900_000,
}

interface Sample {
  readonly timeMs: number
  readonly counted: number
  readonly seen: number
}

interface Writer {
  readonly counter: GrowingCounter
  samples: Sample[]
  seen: number
}

/**
 * Compares what a writer counts in its heartbeats (for example refused requests) with the events about it that arrived:
 * its sequences may be whole although somebody inside it keeps the telling events back.
 */
export class OwedWatch {
  readonly #patienceMs: number
  readonly #writers = new Map<string, Writer>()

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  #writer(agent: string): Writer {
    const writer = this.#writers.get(agent) ?? { counter: new GrowingCounter(), samples: [], seen: 0 }
    this.#writers.set(agent, writer)
    return writer
  }

  /** Events that arrived; a folded one stands for `count`. */
  arrived(agent: string, count: number): void {
    this.#writer(agent).seen += count
  }

  /** The writer's own count in a heartbeat. */
  counted(agent: string, { boot, value, timeMs }: { boot: number; value: number; timeMs: number }): void {
    const writer = this.#writer(agent)
    writer.samples.push({ timeMs, counted: writer.counter.read(boot, value), seen: writer.seen })
    writer.samples = writer.samples.filter((sample) => sample.timeMs >= timeMs - owedLimits.windowMs)
  }

  /** Planned end. */
  forget(agent: string): void {
    this.#writers.delete(agent)
  }

  /** What a writer owes as of its last heartbeat: what it counted before the patience and what arrived until now. */
  owed(agent: string): OwedEvents | null {
    const writer = this.#writers.get(agent)
    const [first] = writer?.samples ?? []
    const last = writer?.samples.at(-1)
    if (writer === undefined || first === undefined || last === undefined) return null
    const due = writer.samples.findLast((sample) => sample.timeMs <= last.timeMs - this.#patienceMs)
    if (due === undefined) return null
    const counted = due.counted - first.counted
    const seen = writer.seen - first.seen
    const missing = counted - seen
    return missing >= Math.max(owedLimits.fewest, counted * owedLimits.share)
      ? { counted, seen, sinceMs: first.timeMs }
      : null
  }
}
