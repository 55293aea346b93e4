import { addressBits, networkStart } from '../authority/address-number.ts'
import type { NumberRange } from '../authority/address-number.ts'

/** Ranges by prefix length: the ones around an address are found with one look for each length that is in use. */
export class RangeIndex<Item> {
  readonly #tables = {
    ipv4: new Map<number, Map<bigint, Set<Item>>>(),
    ipv6: new Map<number, Map<bigint, Set<Item>>>(),
  }

  /** Adds an item under a range. */
  add(range: NumberRange, item: Item): void {
    const family = this.#tables[range.family]
    let table = family.get(range.prefix)
    if (table === undefined) family.set(range.prefix, (table = new Map()))
    const items = table.get(range.first)
    if (items === undefined) table.set(range.first, new Set([item]))
    else items.add(item)
  }

  /** Takes an item out again. */
  delete(range: NumberRange, item: Item): void {
    const family = this.#tables[range.family]
    const table = family.get(range.prefix)
    const items = table?.get(range.first)
    items?.delete(item)
    if (items?.size === 0) table?.delete(range.first)
    if (table?.size === 0) family.delete(range.prefix)
  }

  /** Items whose range contains the whole of `range`. */
  around(range: NumberRange): Item[] {
    const bits = addressBits[range.family]
    const found: Item[] = []
    for (const [prefix, table] of this.#tables[range.family]) {
      if (prefix > range.prefix) continue
      const items = table.get(networkStart(range.first, prefix, bits))
      if (items !== undefined) found.push(...items)
    }
    return found
  }
}
