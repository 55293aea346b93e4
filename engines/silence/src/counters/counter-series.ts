import { GrowingCounter } from './growing-counter.ts'

/** One value of a counter, as a heartbeat tells it. */
export interface CounterReading {
  readonly timeMs: number
  readonly boot: number
  readonly value: number
}

/** A reading as a total over all boots. */
export interface TotalReading {
  readonly timeMs: number
  readonly total: number
}

/** How long readings are kept, in milliseconds. */
export const readingMemoryMs = 1_200_000
const maxReadings = 512

/** What one process counted over time. */
export class CounterSeries {
  readonly #counter = new GrowingCounter()
  readonly #readings: TotalReading[] = []
  #boot = -1
  #bootMs = Number.NEGATIVE_INFINITY

  add({ timeMs, boot, value }: CounterReading): void {
    const last = this.#readings.at(-1)
    if (last !== undefined && timeMs < last.timeMs) return
    if (last !== undefined && boot !== this.#boot) this.#bootMs = timeMs
    this.#boot = boot
    this.#readings.push({ timeMs, total: this.#counter.read(boot, value) })
    while (
      this.#readings.length > maxReadings ||
      (this.#readings[0]?.timeMs ?? timeMs) < timeMs - readingMemoryMs
    )
      this.#readings.shift()
  }

  get first(): TotalReading | undefined {
    return this.#readings[0]
  }

  get last(): TotalReading | undefined {
    return this.#readings.at(-1)
  }

  /** When the writer began anew: what it counted since its last word before is lost. */
  get restartMs(): number {
    return this.#bootMs
  }

  /** Readings between two moments, the newest first. */
  between(fromMs: number, untilMs: number): readonly TotalReading[] {
    return this.#readings.filter(({ timeMs }) => timeMs >= fromMs && timeMs < untilMs).toReversed()
  }

  before(timeMs: number): TotalReading | undefined {
    return this.#readings.findLast((reading) => reading.timeMs <= timeMs)
  }

  after(timeMs: number): TotalReading | undefined {
    return this.#readings.find((reading) => reading.timeMs >= timeMs)
  }
}
