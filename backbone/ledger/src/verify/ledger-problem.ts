/** What can be wrong with a log. The codes are stable. */
export type LedgerProblemCode =
  | 'key-unusable'
  | 'key-changed'
  | 'key-revoked'
  | 'checkpoint-missing'
  | 'checkpoint-invalid'
  | 'root-mismatch'
  | 'entry-changed'
  | 'entry-unreadable'
  | 'tile-missing'
  | 'tile-changed'
  | 'segment-gap'
  | 'segment-damaged'
  | 'sequence-repeated'
  | 'sequence-gap'
  | 'truncated'
  | 'seen-invalid'
  | 'receipt-invalid'
  | 'rolled-back'
  | 'forked'

/** One problem, with the ledger index of the first entry that shows it where one entry does. */
export interface LedgerProblem {
  readonly code: LedgerProblemCode
  readonly message: string
  readonly entry?: number
}
