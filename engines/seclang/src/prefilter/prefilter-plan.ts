import type { Transaction } from '../transaction/transaction.ts'

/** Looks at the values of a transaction before the rules of a phase run. */
export interface PrefilterPlan {
  /**
   * Scans what rules of the phase look at and what was not scanned yet. False when the slice of the transaction ended
   * first: then call again.
   */
  scanPhase(tx: Transaction, phase: number): boolean
}
