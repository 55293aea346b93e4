/** A failed evaluation, on its way to becoming an ExprError with the position. */
export class Fault extends Error {
  /** Offset of the node that failed; -1 when the place is that of the call. */
  readonly offset: number

  constructor(message: string, offset = -1) {
    super(message)
    this.name = 'Fault'
    this.offset = offset
  }
}
