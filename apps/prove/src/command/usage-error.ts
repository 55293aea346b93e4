/** A mistake of the caller, with what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
