import { maskWords, parseIpInto, parseIpRange } from '../address/ip-words.ts'
import type { IpRange } from '../address/ip-words.ts'

/** What a decision does to its address or range. Types that the edge cannot do (captcha, throttle) count as ban. */
export type BanKind = 'ban' | 'allow'

/** One entry as it travels from the primary to the workers. */
export interface BanEntry {
  /** Address or CIDR range. */
  readonly value: string
  readonly kind: BanKind
  /** Absolute end, seconds since 1970. */
  readonly until: number
  readonly decision: number
  readonly scenario: string
  readonly origin: string
}

/** The decision that holds for an address. */
export interface BanHit {
  readonly kind: BanKind
  readonly until: number
  readonly decision: number
  readonly scenario: string
  readonly origin: string
}

const smallest = 1024
const maxLoad = 0.66
const empty = 0
const removed = 1
const used = 2
const allowBit = 4
/** Most different pairs of scenario and origin; the rest share one name. */
const maxReasons = 65_535

class Slots {
  readonly size: number
  readonly words: Uint32Array
  readonly bits: Uint8Array
  readonly state: Uint8Array
  readonly until: Uint32Array
  readonly decision: Uint32Array
  readonly reason: Uint16Array

  constructor(size: number) {
    this.size = size
    this.words = new Uint32Array(size * 4)
    this.bits = new Uint8Array(size)
    this.state = new Uint8Array(size)
    this.until = new Uint32Array(size)
    this.decision = new Uint32Array(size)
    this.reason = new Uint16Array(size)
  }

  get bytes(): number {
    return this.size * (16 + 1 + 1 + 4 + 4 + 2)
  }
}

/** Multiplicative mixing with a key of the process: an attacker cannot choose addresses that collide. */
function hash(words: Uint32Array, bits: number, seed: number): number {
  let h = seed ^ bits
  for (let i = 0; i < 4; i += 1) {
    h = Math.imul(h ^ (words[i] ?? 0), 0x9e37_79b1)
    h ^= h >>> 15
  }
  h = Math.imul(h, 0x85eb_ca6b)
  return (h ^ (h >>> 13)) >>> 0
}

/**
 * Addresses and ranges with the decision that holds for them, in one open-addressing table over typed arrays: 28 bytes
 * a slot, no object an entry (500,000 entries: 28 MB). A look-up probes once for each prefix length in use.
 */
export class BanTable {
  /** Grows with every change; connections remember a verdict together with it. */
  version = 0
  private slots: Slots = new Slots(smallest)
  private readonly seed: number
  private readonly perLength = new Uint32Array(129)
  private lengths: readonly number[] = []
  private count = 0
  private occupied = 0
  private readonly reasons: { scenario: string; origin: string }[] = [{ scenario: 'other', origin: 'other' }]
  private readonly reasonIds = new Map<string, number>()
  private readonly probe = new Uint32Array(4)
  private readonly masked = new Uint32Array(4)

  /** @param seed 32 random bits. */
  constructor(seed: number) {
    this.seed = seed >>> 0
  }

  /** Entries. */
  get size(): number {
    return this.count
  }

  /** Bytes of the arrays. */
  get bytes(): number {
    return this.slots.bytes
  }

  /** Adds or replaces the entry of a value; false when the value is no address or range. */
  set(entry: BanEntry): boolean {
    const range = parseIpRange(entry.value)
    if (range === null) return false
    if (this.occupied + 1 > this.slots.size * maxLoad) this.rehash()
    this.version += 1
    this.place(range, entry)
    return true
  }

  /** Removes the entry of a value. */
  delete(value: string): void {
    const range = parseIpRange(value)
    if (range === null) return
    const at = this.find(range.words, range.bits)
    if (at < 0) return
    this.version += 1
    this.release(at)
  }

  /** Removes all entries. */
  clear(): void {
    this.version += 1
    this.slots = new Slots(smallest)
    this.perLength.fill(0)
    this.lengths = []
    this.count = 0
    this.occupied = 0
  }

  /**
   * What holds for an address at `now` (seconds since 1970), or null. An allow anywhere ends every ban.
   */
  lookup(address: string, now: number): BanHit | null {
    if (this.count === 0 || !parseIpInto(address, this.probe)) return null
    let ban = -1
    for (const bits of this.lengths) {
      this.masked.set(this.probe)
      if (bits < 128) maskWords(this.masked, bits)
      const at = this.find(this.masked, bits)
      if (at < 0 || (this.slots.until[at] ?? 0) <= now) continue
      if (((this.slots.state[at] ?? 0) & allowBit) !== 0) return this.hit(at)
      if (ban < 0) ban = at
    }
    return ban < 0 ? null : this.hit(ban)
  }

  /** Removes entries that ended before `now` (seconds since 1970); returns how many. */
  sweep(now: number): number {
    let gone = 0
    const { slots } = this
    for (let at = 0; at < slots.size; at += 1) {
      if (((slots.state[at] ?? 0) & used) === 0 || (slots.until[at] ?? 0) > now) continue
      this.release(at)
      gone += 1
    }
    if (gone > 0) this.version += 1
    return gone
  }

  private hit(at: number): BanHit {
    const { slots } = this
    const reason = this.reasons[slots.reason[at] ?? 0] ?? { scenario: 'other', origin: 'other' }
    return {
      kind: ((slots.state[at] ?? 0) & allowBit) === 0 ? 'ban' : 'allow',
      until: slots.until[at] ?? 0,
      decision: slots.decision[at] ?? 0,
      scenario: reason.scenario,
      origin: reason.origin,
    }
  }

  private find(words: Uint32Array, bits: number): number {
    const { slots } = this
    const mask = slots.size - 1
    let at = hash(words, bits, this.seed) & mask
    for (;;) {
      const state = slots.state[at] ?? empty
      if (state === empty) return -1
      if ((state & used) !== 0 && slots.bits[at] === bits && this.sameWords(at, words)) return at
      at = (at + 1) & mask
    }
  }

  private sameWords(at: number, words: Uint32Array): boolean {
    const stored = this.slots.words
    const base = at * 4
    return (
      stored[base] === words[0] &&
      stored[base + 1] === words[1] &&
      stored[base + 2] === words[2] &&
      stored[base + 3] === words[3]
    )
  }

  private place(range: IpRange, entry: BanEntry): void {
    let at = this.find(range.words, range.bits)
    if (at < 0) at = this.take(range)
    const { slots } = this
    slots.state[at] = entry.kind === 'allow' ? used | allowBit : used
    slots.until[at] = Math.min(0xffff_ffff, Math.max(0, Math.floor(entry.until)))
    slots.decision[at] = entry.decision
    slots.reason[at] = this.reasonId(entry.scenario, entry.origin)
  }

  /** A free slot for a new key. */
  private take(range: IpRange): number {
    const { slots } = this
    const mask = slots.size - 1
    let at = hash(range.words, range.bits, this.seed) & mask
    while (((slots.state[at] ?? empty) & used) !== 0) at = (at + 1) & mask
    if (slots.state[at] === empty) this.occupied += 1
    slots.words.set(range.words, at * 4)
    slots.bits[at] = range.bits
    this.count += 1
    this.perLength[range.bits] = (this.perLength[range.bits] ?? 0) + 1
    if (this.perLength[range.bits] === 1) this.listLengths()
    return at
  }

  private release(at: number): void {
    const bits = this.slots.bits[at] ?? 0
    this.slots.state[at] = removed
    this.count -= 1
    this.perLength[bits] = (this.perLength[bits] ?? 1) - 1
    if (this.perLength[bits] === 0) this.listLengths()
  }

  /** Most exact first: the hit that is reported is the narrowest. */
  private listLengths(): void {
    const lengths: number[] = []
    for (let bits = 128; bits >= 0; bits -= 1) if ((this.perLength[bits] ?? 0) > 0) lengths.push(bits)
    this.lengths = lengths
  }

  private reasonId(scenario: string, origin: string): number {
    const key = `${origin}\n${scenario}`
    const known = this.reasonIds.get(key)
    if (known !== undefined) return known
    if (this.reasons.length >= maxReasons) return 0
    this.reasons.push({ scenario, origin })
    this.reasonIds.set(key, this.reasons.length - 1)
    return this.reasons.length - 1
  }

  /** Grows when the entries need it, else only clears the marks of removed ones. */
  private rehash(): void {
    const old = this.slots
    const next = new Slots(this.count + 1 > old.size * maxLoad * 0.75 ? old.size * 2 : old.size)
    const mask = next.size - 1
    const words = new Uint32Array(4)
    for (let from = 0; from < old.size; from += 1) {
      if (((old.state[from] ?? empty) & used) === 0) continue
      words.set(old.words.subarray(from * 4, from * 4 + 4))
      let at = hash(words, old.bits[from] ?? 0, this.seed) & mask
      while (next.state[at] !== empty) at = (at + 1) & mask
      next.words.set(words, at * 4)
      next.bits[at] = old.bits[from] ?? 0
      next.state[at] = old.state[from] ?? used
      next.until[at] = old.until[from] ?? 0
      next.decision[at] = old.decision[from] ?? 0
      next.reason[at] = old.reason[from] ?? 0
    }
    this.slots = next
    this.occupied = this.count
  }
}
