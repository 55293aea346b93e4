/** Stable codes of `LedgerError`. */
export type LedgerErrorCode =
  | 'LEDGER_CORRUPT'
  | 'LEDGER_ROLLED_BACK'
  | 'LEDGER_ORIGIN_CHANGED'
  | 'LEDGER_BAD_BATCH'
  | 'LEDGER_BUSY'
  | 'LEDGER_WRITE_FAILED'
  | 'LEDGER_TOO_MANY_WRITERS'
  | 'LEDGER_CLOSED'
  | 'LEDGER_NO_ENTRY'
  | 'LEDGER_NOT_SIGNED'

/** What the ledger refuses or cannot do; `hint` says what to do next. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode
  /** Next step for the reader, lower case, no full stop; may be empty. */
  readonly hint: string
  constructor(code: LedgerErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'LedgerError'
    this.code = code
    this.hint = options.hint ?? ''
  }
}
