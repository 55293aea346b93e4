import { parseRange } from '../authority/address.ts'
import { addressBits, addressText, numberRange } from '../authority/address-number.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'

/** Ranges of at most this many addresses are spelled out for bouncers that cannot hold ranges. */
export const maxExpandedAddresses = 256

/**
 * A range as its addresses. CrowdSec's older firewall bouncers put only the first address of a range into their set,
 * so that the rest of it stays open. Wider ranges and other decisions stay as they are.
 */
export function expandRange(decision: StoredDecision): readonly StoredDecision[] {
  const parsed = decision.scope === 'range' ? parseRange(decision.value) : undefined
  if (parsed === undefined || 2 ** (addressBits[parsed.family] - parsed.prefix) > maxExpandedAddresses)
    return [decision]
  const { first, last, family } = numberRange(parsed)
  const addresses: StoredDecision[] = []
  for (let address = first; address <= last; address += 1n)
    addresses.push({ ...decision, scope: 'ip', value: addressText(address, family) })
  return addresses
}
