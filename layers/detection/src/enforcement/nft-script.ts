import { addressText } from '../authority/address-number.ts'
import type { AddressBan } from './ban-view.ts'
import type { Interval } from './disjoint-ranges.ts'

/** Where the bans live. */
export interface NftPlace {
  /** Table of the family inet that is ours alone. */
  readonly table: string
  /** Priority in prerouting; before -100, where destinations are rewritten for published ports. */
  readonly priority: number
}

/** Elements in one command: nft keeps a line in memory several times over. */
const perCommand = 2_000
/** Longest timeout that is written; the kernel counts in milliseconds. */
const maxSeconds = 10 * 366 * 86_400

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)

function timeout(untilMs: number, nowMs: number): string {
  const seconds = Math.min(maxSeconds, Math.max(1, Math.ceil((untilMs - nowMs) / 1000)))
  return `timeout ${seconds}s`
}

function* command(what: 'add' | 'delete', set: string, elements: readonly string[]): Generator<string> {
  for (let at = 0; at < elements.length; at += perCommand)
    yield `${what} element ${set} { ${elements.slice(at, at + perCommand).join(', ')} }\n`
}

/**
 * The table with its sets and its chain. Single addresses stand in hash sets, ranges in interval sets. The chain looks
 * before conntrack's rewriting of destinations, so that ports forwarded to containers are covered as well.
 */
function tableText({ table, priority }: NftPlace): string {
  return `add table inet ${table}
delete table inet ${table}
table inet ${table} {
  set addresses4 { type ipv4_addr; flags timeout; }
  set addresses6 { type ipv6_addr; flags timeout; }
  set ranges4 { type ipv4_addr; flags interval, timeout; }
  set ranges6 { type ipv6_addr; flags interval, timeout; }
  chain bans {
    type filter hook prerouting priority ${priority}; policy accept;
    ip saddr @addresses4 counter drop
    ip saddr @ranges4 counter drop
    ip6 saddr @addresses6 counter drop
    ip6 saddr @ranges6 counter drop
  }
}
`
}

function* addAddresses(table: string, bans: readonly AddressBan[], nowMs: number): Generator<string> {
  for (const family of [4, 6] as const) {
    const own = bans.filter(({ address }) => familyOf(address) === family)
    const elements = own.map(({ address, untilMs }) => `${address} ${timeout(untilMs, nowMs)}`)
    yield* command('add', `inet ${table} addresses${family}`, elements)
  }
}

function* addRanges(table: string, ranges: readonly Interval[], nowMs: number): Generator<string> {
  for (const family of [4, 6] as const) {
    const own = ranges.filter((range) => (range.family === 'ipv4') === (family === 4))
    const elements = own.map(({ first, last, untilMs, family: kind }) => {
      const ends =
        first === last ? addressText(first, kind) : `${addressText(first, kind)}-${addressText(last, kind)}`
      return `${ends} ${timeout(untilMs, nowMs)}`
    })
    yield* command('add', `inet ${table} ranges${family}`, elements)
  }
}

/** Everything anew in one transaction: at no moment is an address free that stays banned. */
export function nftReplace(
  place: NftPlace,
  bans: { readonly addresses: readonly AddressBan[]; readonly ranges: readonly Interval[] },
  nowMs: number,
): string {
  const { table } = place
  return [
    tableText(place),
    ...addAddresses(table, bans.addresses, nowMs),
    ...addRanges(table, bans.ranges, nowMs),
  ].join('')
}

/**
 * A change in one transaction. An element that has timed out meanwhile cannot be deleted, and one that is there keeps
 * its old timeout when added again: so each is added, deleted, and added anew, which works in all cases.
 */
export function nftUpdate(
  { table }: NftPlace,
  change: {
    readonly add: readonly AddressBan[]
    readonly remove: readonly string[]
    readonly ranges: readonly Interval[] | undefined
  },
  nowMs: number,
): string {
  const text: string[] = []
  for (const family of [4, 6] as const) {
    const set = `inet ${table} addresses${family}`
    const touched = [...change.add.map(({ address }) => address), ...change.remove].filter(
      (one) => familyOf(one) === family,
    )
    text.push(...command('add', set, touched), ...command('delete', set, touched))
  }
  text.push(...addAddresses(table, change.add, nowMs))
  if (change.ranges !== undefined) {
    text.push(`flush set inet ${table} ranges4\nflush set inet ${table} ranges6\n`)
    text.push(...addRanges(table, change.ranges, nowMs))
  }
  return text.join('')
}

/** Takes the table away, also when it is not there. */
export function nftRemove({ table }: NftPlace): string {
  return `add table inet ${table}\ndelete table inet ${table}\n`
}
