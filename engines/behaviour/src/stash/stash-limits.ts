/** Named limits of what parsers may put aside. */
export const defaultStashLimits = {
  maxStores: 1_000,
  /** Entries of one store, whatever the rule asks for. */
  maxEntries: 100_000,
  /** UTF-16 units of one value; more is cut. */
  maxValueLength: 8_192,
} as const
