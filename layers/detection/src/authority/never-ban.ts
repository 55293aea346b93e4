import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { canonicalAddress, parseRange } from './address.ts'
import type { AddressRange } from './address.ts'

/** Why an address is never banned. */
export type NeverBanReason = 'own-interface' | 'declared-proxy' | 'listed' | 'unspecified'

/** The addresses that no scenario can ban. */
export interface NeverBan {
  /** The reason why an address, or any address of a range, is never banned; undefined when it may be. */
  reasonFor(value: string): NeverBanReason | undefined
}

/** What the list is made of. */
export interface NeverBanOptions {
  /** Addresses and networks from the configuration. */
  readonly listed: readonly string[]
  /** Proxies in front of the sites: a ban of one is a ban of everybody behind it. */
  readonly proxies: readonly string[]
  /** Addresses of this machine; default: those of its interfaces now. */
  readonly own?: readonly string[]
}

/** Addresses of this machine's interfaces, loopback among them. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).flatMap(({ address }) => canonicalAddress(address.split('%')[0] ?? '') ?? []),
  )
}

interface Entry {
  readonly reason: NeverBanReason
  readonly range: AddressRange
}

function entriesOf(reason: NeverBanReason, texts: readonly string[]): Entry[] {
  return texts.flatMap((text) => {
    const range = parseRange(text)
    return range === undefined ? [] : [{ reason, range }]
  })
}

function listOf(entries: readonly Entry[]): BlockList {
  const list = new BlockList()
  for (const { range } of entries) list.addSubnet(range.address, range.prefix, range.family)
  return list
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

/** True when two ranges have an address in common: then the wider one contains the start of the other. */
function overlap(a: AddressRange, b: AddressRange): boolean {
  if (a.family !== b.family) return false
  const [wide, narrow] = a.prefix <= b.prefix ? [a, b] : [b, a]
  const list = new BlockList()
  list.addSubnet(wide.address, wide.prefix, wide.family)
  return list.check(narrow.address, narrow.family)
}

/** Makes the list. Entries that are no addresses were refused by the configuration and are left out here. */
export function createNeverBan(options: NeverBanOptions): NeverBan {
  const groups = [
    entriesOf('unspecified', ['0.0.0.0', '::']),
    entriesOf('own-interface', options.own ?? ownAddresses()),
    entriesOf('declared-proxy', options.proxies),
    entriesOf('listed', options.listed),
  ].map((entries) => ({ entries, list: listOf(entries) }))
  return {
    reasonFor: (value) => {
      const range = parseRange(value)
      if (range === undefined) return undefined
      const isAddress = range.prefix === (range.family === 'ipv4' ? 32 : 128)
      const hit = groups.find(({ entries, list }) =>
        isAddress
          ? list.check(range.address, familyOf(range.address))
          : entries.some((entry) => overlap(entry.range, range)),
      )
      return hit?.entries[0]?.reason
    },
  }
}
