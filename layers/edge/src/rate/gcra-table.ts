import type { RateKey } from './rate-key.ts'

/** Slots that are looked at for one key. */
const ways = 8
const owners = 65_536
/** A network that holds more than this share of the table gives way to others in a full set. */
const crowdShare = 1 / 8
/** Keys that found no room share the counter of their network, with this many times the allowance. */
export const sharedAllowance = 8
/** Most counters that are told to the other workers at a time. */
export const maxChanges = 8192

/** How much a counter allows: one request every `emissionMs`, and `windowMs` of them in advance. */
export interface Allowance {
  readonly emissionMs: number
  readonly windowMs: number
}

/** Changes of counters since the last time they were taken. */
export interface RateChanges {
  /** hi, lo, owner of each counter. */
  readonly keys: Uint32Array
  /** Milliseconds by which each was charged. */
  readonly amounts: Float32Array
}

/**
 * Counters by the generic cell rate algorithm (ITU-T I.371): a counter is one number, the time at which it is empty
 * again. They live in a fixed table of typed arrays, eight slots a set, 22 bytes a slot. A counter whose time is over is
 * a free slot. When a set is full, a key can only push out one of its own network (/16, IPv6 /32), or one of a network
 * that holds over an eighth of the table; else it shares the counter of its network. So a flood from one network evicts
 * nobody else, however many sources it makes up. Times are milliseconds of any monotonic clock. Hot.
 */
export class GcraTable {
  private readonly mask: number
  private readonly hi: Uint32Array
  private readonly lo: Uint32Array
  private readonly until: Float64Array
  private readonly owner: Uint16Array
  private readonly pending: Float32Array
  private readonly held = new Uint32Array(owners)
  private readonly shared = new Float64Array(owners)
  private readonly changed: Uint32Array
  private changes = 0
  /** Keys that found no room since the start. */
  crowded = 0
  /** Counters that were pushed out while they counted. */
  evicted = 0

  /** @param slots power of two, at least 8; @param exchanged true: changes are collected for the other workers. */
  constructor(slots: number, exchanged = false) {
    this.mask = slots / ways - 1
    this.hi = new Uint32Array(slots)
    this.lo = new Uint32Array(slots)
    this.until = new Float64Array(slots)
    this.owner = new Uint16Array(slots)
    this.pending = new Float32Array(exchanged ? slots : 0)
    this.changed = new Uint32Array(exchanged ? maxChanges : 0)
  }

  /** Bytes of the arrays. */
  get bytes(): number {
    const slots = this.hi.length
    return slots * (4 + 4 + 8 + 2) + this.pending.byteLength + this.held.byteLength + this.shared.byteLength
  }

  /**
   * Charges a counter.
   * @param cost in requests.
   * @returns 0 when it is allowed, else the milliseconds until it would be; then nothing is charged.
   */
  charge(key: RateKey, allowance: Allowance, now: number, cost = 1): number {
    const amount = allowance.emissionMs * cost
    let at = this.find(key)
    if (at < 0) {
      if (amount > allowance.windowMs) return amount - allowance.windowMs
      at = this.take(key, now)
      if (at < 0) return this.chargeShared(key, allowance, now, cost)
    }
    const next = Math.max(this.until[at] ?? 0, now) + amount
    const over = next - now - allowance.windowMs
    // Sums of fractions: a thousandth of a millisecond is no reason to refuse.
    if (over > 0.001) return over
    this.until[at] = next
    this.note(at, amount)
    return 0
  }

  /** Adds to a counter whatever it allows: work that was done already, or that another worker admitted. */
  add(key: RateKey, amountMs: number, now: number, told = false): void {
    let at = this.find(key)
    if (at < 0) at = this.take(key, now)
    if (at < 0) return
    this.until[at] = Math.max(this.until[at] ?? 0, now) + amountMs
    if (!told) this.note(at, amountMs)
  }

  /** Milliseconds until the counter is empty; 0 when it is. */
  debt(key: RateKey, now: number): number {
    const at = this.find(key)
    return at < 0 ? 0 : Math.max(0, (this.until[at] ?? 0) - now)
  }

  /** What changed since the last call, or null. What does not fit is left out: with so many keys no single one matters. */
  takeChanges(): RateChanges | null {
    if (this.changes === 0) return null
    const keys = new Uint32Array(this.changes * 3)
    const amounts = new Float32Array(this.changes)
    for (let i = 0; i < this.changes; i += 1) {
      const at = this.changed[i] ?? 0
      keys[i * 3] = this.hi[at] ?? 0
      keys[i * 3 + 1] = this.lo[at] ?? 0
      keys[i * 3 + 2] = this.owner[at] ?? 0
      amounts[i] = this.pending[at] ?? 0
      this.pending[at] = 0
    }
    this.changes = 0
    return { keys, amounts }
  }

  /** Takes in what another worker admitted. */
  apply({ keys, amounts }: RateChanges, now: number): void {
    const key = { hi: 0, lo: 0, owner: 0 }
    for (const [i, amount] of amounts.entries()) {
      key.hi = keys[i * 3] ?? 0
      key.lo = keys[i * 3 + 1] ?? 0
      key.owner = keys[i * 3 + 2] ?? 0
      this.add(key, amount, now, true)
    }
  }

  private note(at: number, amount: number): void {
    if (this.pending.length === 0) return
    if (this.pending[at] === 0) {
      if (this.changes >= maxChanges) return
      this.changed[this.changes] = at
      this.changes += 1
    }
    this.pending[at] = (this.pending[at] ?? 0) + amount
  }

  private chargeShared(key: RateKey, { emissionMs, windowMs }: Allowance, now: number, cost: number): number {
    this.crowded += 1
    const next = Math.max(this.shared[key.owner] ?? 0, now) + (emissionMs * cost) / sharedAllowance
    const over = next - now - windowMs
    if (over > 0.001) return over
    this.shared[key.owner] = next
    return 0
  }

  private find(key: RateKey): number {
    const base = (key.lo & this.mask) * ways
    for (let at = base; at < base + ways; at += 1) {
      if (this.hi[at] === key.hi && this.lo[at] === key.lo) return at
    }
    return -1
  }

  /** A slot for a new key, or −1. */
  private take(key: RateKey, now: number): number {
    const base = (key.lo & this.mask) * ways
    let own = -1
    for (let at = base; at < base + ways; at += 1) {
      const until = this.until[at] ?? 0
      if (until <= now) return this.occupy(at, key)
      if (this.owner[at] === key.owner && (own < 0 || until < (this.until[own] ?? 0))) own = at
    }
    const at = own < 0 ? this.crowdIn(base) : own
    if (at < 0) return -1
    this.evicted += 1
    return this.occupy(at, key)
  }

  /** The emptiest counter of a network that fills the table, or −1. */
  private crowdIn(base: number): number {
    const many = this.hi.length * crowdShare
    let found = -1
    for (let at = base; at < base + ways; at += 1) {
      if ((this.held[this.owner[at] ?? 0] ?? 0) <= many) continue
      if (found < 0 || (this.until[at] ?? 0) < (this.until[found] ?? 0)) found = at
    }
    return found
  }

  private occupy(at: number, key: RateKey): number {
    if (this.hi[at] !== 0 || this.lo[at] !== 0) {
      const old = this.owner[at] ?? 0
      this.held[old] = Math.max(0, (this.held[old] ?? 0) - 1)
    }
    this.hi[at] = key.hi
    this.lo[at] = key.lo
    this.owner[at] = key.owner
    this.until[at] = 0
    if (this.pending.length > 0) this.pending[at] = 0
    this.held[key.owner] = (this.held[key.owner] ?? 0) + 1
    return at
  }
}
