/** Statuses with which layers refuse: bad message, forbidden, not acceptable, too many, legal, not implemented; 0 is a closed connection. */
const refusals: ReadonlySet<number> = new Set([0, 400, 403, 406, 429, 451, 501])

/** True when an answer is one that a layer gives instead of the site. */
export function isRefusal(status: number): boolean {
  return refusals.has(status)
}
