/** Stable codes of `MerkleError`. */
export type MerkleErrorCode =
  | 'MERKLE_BAD_HASH'
  | 'MERKLE_BAD_RANGE'
  | 'MERKLE_BAD_TILE'
  | 'MERKLE_BAD_NOTE'
  | 'MERKLE_BAD_KEY'
  | 'MERKLE_ENTRY_TOO_LONG'
  | 'MERKLE_BAD_PROOF'

/** Thrown for a call that cannot be answered: a wrong range, a malformed tile, note or key. Never for a proof that does not hold. */
export class MerkleError extends Error {
  readonly code: MerkleErrorCode
  constructor(code: MerkleErrorCode, message: string) {
    super(message)
    this.name = 'MerkleError'
    this.code = code
  }
}
