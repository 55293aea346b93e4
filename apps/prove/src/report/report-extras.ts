import type { HistoryEntry } from '../history/history.ts'
import type { Comparison } from '../baseline/compare-proofs.ts'

/** What a report shows besides the proof. */
export interface ReportExtras {
  /** Depth that was asked for with `--min-depth`; 0 for none. */
  readonly minDepth: number
  readonly comparison?: Comparison
  /** When the proof was made. */
  readonly date: Date
  /** Earlier proofs and this one, oldest first. */
  readonly history?: readonly HistoryEntry[]
}
