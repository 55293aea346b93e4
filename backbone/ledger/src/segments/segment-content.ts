/** A segment that is open for reading, plain or packed: its bytes are those of its lines in both cases. */
export interface SegmentContent {
  /** Bytes of its lines by now. */
  length(): Promise<number>
  /** Reads bytes from `offset` on; returns how many, fewer at the end. @throws LedgerError LEDGER_CORRUPT for a damaged packed segment. */
  read(into: Buffer, offset: number): Promise<number>
  close(): Promise<void>
}
