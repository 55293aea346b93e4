import type { Transaction } from '../transaction/transaction.ts'

/** Looks at the values of a transaction before the rules of a phase run. */
export interface PrefilterPlan {
  /** Scans everything that rules of the phase look at and that was not scanned yet. */
  scanPhase(tx: Transaction, phase: number): void
}
