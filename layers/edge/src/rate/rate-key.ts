import { maskWords, parseIpInto } from '../address/ip-words.ts'

/** Name of a counter: 64 bits of a keyed hash, and the network that owns it (16 bits of a keyed hash). */
export interface RateKey {
  hi: number
  lo: number
  owner: number
}

const v4Mapped = 0xffff
/** Bits that belong together: a /24 of IPv4, a /64 of IPv6, both in the mapped range. */
const prefixBits = { v4: 120, v6: 64 } as const
/** Bits of the network that owns the counters of its clients: a /16 of IPv4, a /32 of IPv6. */
const ownerBits = { v4: 112, v6: 32 } as const

function mix(h: number, word: number): number {
  let value = Math.imul(h ^ word, 0x9e37_79b1)
  value ^= value >>> 15
  return Math.imul(value, 0x85eb_ca6b) ^ (value >>> 13)
}

/**
 * Makes keys of counters. The hash is keyed by a secret of the installation, the same in all its processes: they talk
 * about counters by these keys, and nobody outside can choose colliding ones. One instance serves one request after the
 * other and allocates nothing. Hot.
 */
export class RateKeys {
  /** The key that was made last. */
  readonly key: RateKey = { hi: 0, lo: 0, owner: 0 }
  private readonly seed: readonly [number, number]
  private readonly words = new Uint32Array(4)
  private readonly masked = new Uint32Array(4)
  private last = ''
  private known = false

  /** @param secret at least 8 bytes. */
  constructor(secret: Uint8Array) {
    const view = new DataView(secret.buffer, secret.byteOffset, secret.byteLength)
    this.seed = [view.getUint32(0), view.getUint32(4)]
  }

  /** Sets the client of the keys that follow; false when the text is no address. */
  client(address: string): boolean {
    if (address === this.last) return this.known
    this.last = address
    this.known = parseIpInto(address, this.words)
    if (!this.known) this.words.fill(0)
    this.masked.set(this.words)
    maskWords(this.masked, this.isV4 ? ownerBits.v4 : ownerBits.v6)
    const [seed] = this.seed
    let h = seed
    for (let i = 0; i < 4; i += 1) h = mix(h, this.masked[i] ?? 0)
    this.key.owner = (h ^ (h >>> 16)) & 0xffff
    return this.known
  }

  /** Key of the client's address under `space`; IPv6 addresses of one /64 are one client. */
  address(space: number): RateKey {
    this.masked.set(this.words)
    if (!this.isV4) maskWords(this.masked, prefixBits.v6)
    return this.hashWords(space)
  }

  /** Key of the client's /24 or /64. */
  prefix(space: number): RateKey {
    this.masked.set(this.words)
    maskWords(this.masked, this.isV4 ? prefixBits.v4 : prefixBits.v6)
    return this.hashWords(space)
  }

  /** Key of a text; it belongs to the client's network, so that made-up texts crowd out only their own kind. */
  text(space: number, text: string): RateKey {
    const [first, second] = this.seed
    let hi = mix(first, space)
    let lo = mix(second, space)
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i)
      hi = Math.imul(hi ^ unit, 0x0100_0193)
      lo = Math.imul(lo + unit, 0x9e37_79b1) ^ (lo >>> 11)
    }
    return this.store(mix(hi, text.length), mix(lo, text.length))
  }

  /** Key of a number. */
  number(space: number, value: number): RateKey {
    const [first, second] = this.seed
    return this.store(mix(mix(first, space), value), mix(mix(second, space), value))
  }

  private get isV4(): boolean {
    return this.words[2] === v4Mapped && this.words[0] === 0 && this.words[1] === 0
  }

  private hashWords(space: number): RateKey {
    const [first, second] = this.seed
    let hi = mix(first, space)
    let lo = mix(second, space)
    for (let i = 0; i < 4; i += 1) {
      const word = this.masked[i] ?? 0
      hi = mix(hi, word)
      lo = mix(lo, word)
    }
    return this.store(hi, lo)
  }

  private store(hi: number, lo: number): RateKey {
    this.key.hi = hi >>> 0
    // Zero in both words means a free slot.
    this.key.lo = hi === 0 && lo === 0 ? 1 : lo >>> 0
    return this.key
  }
}
