import { parseRange } from '../authority/address.ts'
import { numberRange } from '../authority/address-number.ts'
import type { FeedEntry } from './feed-entry.ts'

/** How an update differs from what is in force. */
export interface ChangeSize {
  readonly added: number
  readonly removed: number
  /** Larger of the shares of entries and of addresses that come or go, of what was there; Infinity where nothing was. */
  readonly widening: number
  readonly shrinking: number
}

/** IPv6 is counted by networks of 64 bits: one address of it stands for no more than one of IPv4. */
const v6NetworkBits = 64n

function addressesOf({ scope, value }: FeedEntry): number {
  if (scope !== 'ip' && scope !== 'range') return 1
  const parsed = parseRange(value)
  if (parsed === undefined) return 1
  const { first, last, family } = numberRange(parsed)
  const size = last - first + 1n
  return Math.max(1, Number(family === 'ipv6' ? size >> v6NetworkBits : size))
}

/** Compares two states of a feed, in O(n). */
export function changeSize(
  before: ReadonlyMap<string, FeedEntry>,
  after: ReadonlyMap<string, FeedEntry>,
): ChangeSize {
  let [addressesBefore, comingAddresses, goingAddresses, coming, going] = [0, 0, 0, 0, 0]
  for (const [key, entry] of before) {
    const addresses = addressesOf(entry)
    addressesBefore += addresses
    if (after.has(key)) continue
    going += 1
    goingAddresses += addresses
  }
  for (const [key, entry] of after) {
    if (before.has(key)) continue
    coming += 1
    comingAddresses += addressesOf(entry)
  }
  const share = (count: number, addresses: number): number =>
    count === 0 ? 0 : Math.max(count / before.size, addresses / addressesBefore)
  return {
    added: coming,
    removed: going,
    widening: share(coming, comingAddresses),
    shrinking: share(going, goingAddresses),
  }
}

/** Updates of fewer entries than this, of addresses one by one, are taken as they come: a short list has no small changes. */
export const smallChange = 20

/** Whether an update waits for somebody's word. The first content of a feed does not: there is nothing to compare. */
export function needsApproval(
  before: ReadonlyMap<string, FeedEntry>,
  after: ReadonlyMap<string, FeedEntry>,
  maxChange: number,
): ChangeSize | undefined {
  if (before.size === 0) return undefined
  const size = changeSize(before, after)
  const isSmall = size.added + size.removed < smallChange && !widens(before, after)
  return !isSmall && (size.widening > maxChange || size.shrinking > maxChange) ? size : undefined
}

/** A new range of more than 256 addresses is never small. */
function widens(before: ReadonlyMap<string, FeedEntry>, after: ReadonlyMap<string, FeedEntry>): boolean {
  for (const [key, entry] of after) {
    if (!before.has(key) && entry.scope !== 'ip' && (entry.scope !== 'range' || addressesOf(entry) > 256))
      return true
  }
  return false
}
