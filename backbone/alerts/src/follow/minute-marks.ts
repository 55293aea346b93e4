import type { SegmentPosition } from '@sevenfold/ledger/segments'

interface Mark {
  readonly timeMs: number
  readonly position: SegmentPosition
}

const minuteMs = 60_000

/** Remembers where each minute of the ledger starts, so that windows can be read again after a restart. */
export class MinuteMarks {
  readonly #backMs: number
  readonly #marks: Mark[] = []

  /** `backMs`: how far back the oldest mark may lie. */
  constructor(backMs: number) {
    this.#backMs = backMs
  }

  take(timeMs: number, position: SegmentPosition): void {
    const last = this.#marks.at(-1)
    if (last !== undefined && timeMs - last.timeMs < minuteMs) return
    this.#marks.push({ timeMs, position })
    while (this.#marks.length > 1 && (this.#marks[1]?.timeMs ?? timeMs) < timeMs - this.#backMs)
      this.#marks.shift()
  }

  /** The place to read from again; undefined before the first event. */
  get oldest(): SegmentPosition | undefined {
    return this.#marks[0]?.position
  }
}
