import { addressBits, addressNumber, numberRange } from '../authority/address-number.ts'
import type { NumberRange } from '../authority/address-number.ts'
import { canonicalAddress, parseRange } from '../authority/address.ts'
import { carveRange } from '../authority/carve-range.ts'
import type { DecisionChange } from '../decisions/change-memory.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import { disjointRanges } from './disjoint-ranges.ts'
import type { Interval } from './disjoint-ranges.ts'

/** The ban of one address. */
export interface AddressBan {
  /** Canonical: what is not a parsed address never comes here. */
  readonly address: string
  readonly type: string
  readonly untilMs: number
  readonly scenario: string
}

/** What a change of decisions means for those who enforce them. */
export interface BanChange {
  /** Addresses whose ban is new or lasts otherwise. */
  readonly add: readonly AddressBan[]
  /** Addresses that are free now. */
  readonly remove: readonly string[]
  /** All ranges, when anything about them changed. */
  readonly ranges: readonly Interval[] | undefined
}

// An enforcer that cannot do a type treats it as a ban (docs/wire/decision.md).
const isBan = (decision: StoredDecision): boolean => !decision.simulated && decision.type !== 'allow'
const isAllowance = (decision: StoredDecision): boolean => !decision.simulated && decision.type === 'allow'

/**
 * The decisions as an address filter sees them: one ban for each address, ranges without overlap, nothing of what is
 * simulated or ended by an `allow`.
 */
export class BanView {
  readonly #store: DecisionStore

  constructor(store: DecisionStore) {
    this.#store = store
  }

  /** The ban of one address; undefined when it is free. Ranges around it are another matter. */
  banOf(address: string): AddressBan | undefined {
    if (canonicalAddress(address) !== address) return undefined
    const ban = longestBan(this.#store.at({ scope: 'ip', value: address }))
    return ban === undefined || this.#isAllowed(address) ? undefined : ban
  }

  #isAllowed(address: string): boolean {
    const bits = address.includes(':') ? addressBits.ipv6 : addressBits.ipv4
    const first = addressNumber(address)
    const range: NumberRange = { family: bits === 32 ? 'ipv4' : 'ipv6', prefix: bits, first, last: first }
    return this.#store.around(range, address).some(isAllowance)
  }

  /** Every banned address. Hot with a large block list (bench: `npm run bench:nft`): no look-up for most of them. */
  *addresses(): Generator<AddressBan> {
    const anyAllowed = this.#store.active().some(isAllowance)
    for (const place of this.#store.byPlace()) {
      const here = 'id' in place ? [place] : place
      const ban = here[0]?.scope === 'ip' ? longestBan(here) : undefined
      if (ban === undefined || canonicalAddress(ban.address) !== ban.address) continue
      if (!anyAllowed || !this.#isAllowed(ban.address)) yield ban
    }
  }

  /** Every banned range, without overlap, and without what is allowed. */
  ranges(): readonly Interval[] {
    const all = this.#store.active()
    const allowed = all.filter(isAllowance).flatMap(rangeOf)
    const banned = all.filter((decision) => decision.scope === 'range' && isBan(decision))
    return disjointRanges(
      banned.flatMap((decision) => {
        const { untilMs } = decision
        const pieces = rangeOf(decision).flatMap((range) => carveRange(range, allowed) ?? [])
        return pieces.map((piece) => ({ ...piece, untilMs }))
      }),
    )
  }

  /** What a change means. */
  changed({ add, remove }: Pick<DecisionChange, 'add' | 'remove'>): BanChange {
    const touched = [...add, ...remove]
    const bans = new Set(touched.filter(({ scope }) => scope === 'ip').map(({ value }) => value))
    const fresh: AddressBan[] = []
    const free: string[] = []
    for (const address of bans) {
      const ban = this.banOf(address)
      if (ban === undefined) free.push(address)
      else fresh.push(ban)
    }
    const isAboutRanges = touched.some(
      (one) => one.scope === 'range' || (one.type === 'allow' && one.scope === 'ip'),
    )
    return { add: fresh, remove: free, ranges: isAboutRanges ? this.ranges() : undefined }
  }
}

function rangeOf(decision: StoredDecision): NumberRange[] {
  if (decision.scope !== 'ip' && decision.scope !== 'range') return []
  const range = parseRange(decision.value)
  return range === undefined ? [] : [numberRange(range)]
}

/** The longest of the bans on one address, unless it is simulated. */
function longestBan(here: readonly StoredDecision[]): AddressBan | undefined {
  let longest: StoredDecision | undefined
  for (const decision of here)
    if (isBan(decision) && decision.untilMs > (longest?.untilMs ?? 0)) longest = decision
  if (longest === undefined) return undefined
  const { value, type, untilMs, scenario } = longest
  return { address: value, type, untilMs, scenario }
}
