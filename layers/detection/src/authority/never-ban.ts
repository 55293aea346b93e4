import { networkInterfaces } from 'node:os'
import { RangeIndex } from '../decisions/range-index.ts'
import { canonicalAddress, parseRange } from './address.ts'
import { numberRange } from './address-number.ts'
import type { NumberRange } from './address-number.ts'
import { gatewayAddresses } from './gateways.ts'

/** Why an address is never banned. */
export type NeverBanReason =
  | 'own-interface'
  | 'gateway'
  | 'declared-proxy'
  | 'listed'
  | 'unspecified'
  /** A private address that many clients share: their own addresses are lost behind it. */
  | 'shared-address'

/** The addresses that no scenario can ban. */
export interface NeverBan {
  /** The reason why an address, or any address of a range, is never banned; undefined when it may be. */
  reasonFor(value: string): NeverBanReason | undefined
  /** Every address and range of the list: what a banned range must leave out. */
  ranges(): readonly NumberRange[]
  /** Adds an address for as long as this process runs. */
  protect(address: string, reason: NeverBanReason): void
  /** Looks again for addresses of this machine and its gateways, which may have changed. */
  refresh(): void
}

/** What the list is made of. */
export interface NeverBanOptions {
  /** Addresses and networks from the configuration. */
  readonly listed: readonly string[]
  /** Proxies in front of the sites: a ban of one is a ban of everybody behind it. */
  readonly proxies: readonly string[]
  /** Addresses of this machine, node and container bridges among them; default: those of its interfaces now. */
  readonly own?: readonly string[]
  /** Default: the gateways in the system's routing tables now; none when `own` is given. */
  readonly gateways?: readonly string[]
}

/** Most addresses added at run time. */
export const maxProtected = 1_000

/**
 * Addresses of this machine: of its interfaces, loopback and container bridges among them, and of the node that a
 * container runs on where the platform names it (`HOST_IP`, `NODE_IP`, `KUBERNETES_SERVICE_HOST`).
 */
export function ownAddresses(): string[] {
  const node = ['HOST_IP', 'NODE_IP', 'KUBERNETES_SERVICE_HOST'].map((name) => process.env[name] ?? '')
  const interfaces = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address.split('%')[0] ?? ''),
  )
  return [...interfaces, ...node].flatMap((address) => canonicalAddress(address) ?? [])
}

interface Entry {
  readonly reason: NeverBanReason
  readonly range: NumberRange
}

function entriesOf(reason: NeverBanReason, texts: readonly string[]): Entry[] {
  return texts.flatMap((text) => {
    const range = parseRange(text)
    return range === undefined ? [] : [{ reason, range: numberRange(range) }]
  })
}

class NeverBanList implements NeverBan {
  readonly #options: NeverBanOptions
  readonly #protected = new Map<string, NeverBanReason>()
  #entries: readonly Entry[] = []
  #index = new RangeIndex<Entry>()

  constructor(options: NeverBanOptions) {
    this.#options = options
    this.refresh()
  }

  refresh(): void {
    const { own, gateways, proxies, listed } = this.#options
    this.#entries = [
      ...entriesOf('unspecified', ['0.0.0.0', '::']),
      ...entriesOf('own-interface', own ?? ownAddresses()),
      ...entriesOf('gateway', gateways ?? (own === undefined ? gatewayAddresses() : [])),
      ...entriesOf('declared-proxy', proxies),
      ...entriesOf('listed', listed),
      ...[...this.#protected].flatMap(([address, reason]) => entriesOf(reason, [address])),
    ]
    this.#index = new RangeIndex<Entry>()
    for (const entry of this.#entries) this.#index.add(entry.range, entry)
  }

  protect(address: string, reason: NeverBanReason): void {
    if (this.#protected.has(address) || this.#protected.size >= maxProtected) return
    this.#protected.set(address, reason)
    this.refresh()
  }

  ranges(): readonly NumberRange[] {
    return this.#entries.map(({ range }) => range)
  }

  reasonFor(value: string): NeverBanReason | undefined {
    const parsed = parseRange(value)
    if (parsed === undefined) return undefined
    const range = numberRange(parsed)
    const [around] = this.#index.around(range)
    if (around !== undefined) return around.reason
    if (range.first === range.last) return undefined
    const inside = ({ range: own }: Entry): boolean =>
      own.family === range.family && range.first <= own.first && own.last <= range.last
    return this.#entries.find(inside)?.reason
  }
}

/** Makes the list. Entries that are no addresses were refused by the configuration and are left out here. */
export function createNeverBan(options: NeverBanOptions): NeverBan {
  return new NeverBanList(options)
}
