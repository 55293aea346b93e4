import type { IntakeLine } from './line-splitter.ts'

/** A line with where it came from. */
export interface SourceLine extends IntakeLine {
  /** Unit, sender, container … in the words of the source. */
  readonly from: string
}

/** Takes lines in order. The next ones are given when it resolves; when it rejects they are given again, where the source can. */
export type TakeLines = (lines: readonly SourceLine[]) => Promise<void>

/** A source that runs until it is closed. */
export interface IntakeSource {
  /** Ends after the lines under way; positions are stored. */
  close(): Promise<void>
}

/** What a source counts. */
export interface IntakeCounters {
  /** Lines that were taken. */
  readonly lines: number
  /** Lines or messages that were dropped because nobody took them in time, or because they had no form. */
  readonly dropped: number
}
