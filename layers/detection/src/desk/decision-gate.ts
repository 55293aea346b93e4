import type { AllowLists } from '../allowlists/allow-lists.ts'
import { parseRange } from '../authority/address.ts'
import { addressBits, numberRange, rangeText } from '../authority/address-number.ts'
import type { NumberRange } from '../authority/address-number.ts'
import { carveRange } from '../authority/carve-range.ts'
import type { NeverBan } from '../authority/never-ban.ts'
import type { DecisionWish } from '../decisions/decision-store.ts'

/** What came of a wish: what may be decided, or why nothing. */
export type Admission =
  | { readonly kind: 'go'; readonly wishes: readonly DecisionWish[] }
  | {
      readonly kind: 'refused'
      readonly by: 'never-ban' | 'allow-list' | 'too-wide'
      readonly reason: string
    }

/** The widest range that anything but an act by hand can ban. */
export const widestBan = { ipv4: 8, ipv6: 19 } as const

/**
 * What every decision passes, whoever asks for it: addresses of the never-ban list and of allow-lists are never banned,
 * and are carved out of ranges. Feeds, scenarios and machines pass with `carve`; an act by hand on a range that holds
 * a never-banned address is refused instead, since it is a mistake to be told.
 */
export class DecisionGate {
  readonly #neverBan: NeverBan
  readonly #allowLists: Pick<AllowLists, 'ranges' | 'reasons'>

  constructor(neverBan: NeverBan, allowLists: Pick<AllowLists, 'ranges' | 'reasons'>) {
    this.#neverBan = neverBan
    this.#allowLists = allowLists
  }

  /** Why an address is spared; undefined when it may be banned. */
  spared(address: string): Extract<Admission, { kind: 'refused' }> | undefined {
    const never = this.#neverBan.reasonFor(address)
    if (never !== undefined) return { kind: 'refused', by: 'never-ban', reason: never }
    const [allowed] = this.#allowLists.reasons(address)
    if (allowed === undefined) return undefined
    return { kind: 'refused', by: 'allow-list', reason: `allowed as ${allowed}` }
  }

  /** Checks one wish; its value must be canonical. */
  admit(wish: DecisionWish, options: { byHand?: boolean } = {}): Admission {
    if (wish.type === 'allow') return { kind: 'go', wishes: [wish] }
    if (wish.scope === 'ip') return this.spared(wish.value) ?? { kind: 'go', wishes: [wish] }
    return wish.scope === 'range'
      ? this.#admitRange(wish, options.byHand ?? false)
      : { kind: 'go', wishes: [wish] }
  }

  #admitRange(wish: DecisionWish, byHand: boolean): Admission {
    const parsed = parseRange(wish.value)
    if (parsed === undefined) return { kind: 'refused', by: 'too-wide', reason: 'no range' }
    const never = byHand ? this.#neverBan.reasonFor(wish.value) : undefined
    if (never !== undefined) return { kind: 'refused', by: 'never-ban', reason: never }
    if (!byHand && parsed.prefix < widestBan[parsed.family])
      return { kind: 'refused', by: 'too-wide', reason: `wider than /${widestBan[parsed.family]}` }
    const range = numberRange(parsed)
    const pieces = carveRange(range, [...this.#neverBan.ranges(), ...this.#allowLists.ranges()])
    if (pieces === undefined)
      return { kind: 'refused', by: 'allow-list', reason: 'too many allowed addresses in it' }
    if (pieces.length === 0)
      return this.spared(wish.value) ?? { kind: 'refused', by: 'allow-list', reason: 'all of it is allowed' }
    return { kind: 'go', wishes: pieces.map((piece) => pieceOf(wish, piece)) }
  }
}

function pieceOf(wish: DecisionWish, piece: NumberRange): DecisionWish {
  const isAddress =
    piece.prefix === addressBits[piece.family] && wish.value.split('/')[1] !== String(piece.prefix)
  if (isAddress) return { ...wish, scope: 'ip', value: rangeText(piece) }
  const text = rangeText(piece)
  return { ...wish, value: text.includes('/') ? text : `${text}/${piece.prefix}` }
}
