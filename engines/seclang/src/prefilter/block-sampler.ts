import { byteBuffer } from '../transformations/byte-writer.ts'
import type { Looks } from './looks.ts'
import { standsAt } from './stands-at.ts'

/** Longest beginning of a literal that is looked for; more bytes make longer strides, and more blocks to stop at. */
const maxWindow = 12
/** One entry for each value of {@link blockOf}. */
const blockCount = 16_384
/** Bytes that are copied and sampled at once. */
const sampledBytes = 65_536

/** Literals of one beginning that may stand where a block was found, and how far before it. */
interface Suspect {
  readonly beginning: string
  readonly literals: readonly string[]
  readonly before: number
}

// Two neighbouring bytes without the bit that tells the case of letters: 14 bits.
function blockOf(first: number, second: number): number {
  return ((((first >> 1) & 96) | (first & 31)) << 7) | (((second >> 1) & 96) | (second & 31))
}

/**
 * Looks for literals at two bytes of every stride: whatever is as long as a stride and a byte more has two neighbouring
 * bytes there, at one of its places. The places do not depend on what was found, so the processor looks at several at
 * once; that is what makes it faster than strides by the byte found (Wu and Manber, 1994). Hot: bench/waf measures it.
 */
export class BlockSampler {
  readonly #stride: number
  /** 1 for blocks that stand in the beginning of a literal. */
  readonly #isWanted = new Uint8Array(blockCount)
  readonly #suspects = new Map<number, readonly Suspect[]>()

  /** Literals of at least two bytes, in lower case. */
  constructor(literals: readonly string[]) {
    const window = literals.reduce((least, { length }) => Math.min(least, length), maxWindow)
    this.#stride = window - 1
    const byBeginning = new Map<string, string[]>()
    for (const literal of literals) {
      const beginning = literal.slice(0, window)
      byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), literal])
    }
    for (const [beginning, same] of byBeginning) {
      for (let before = 0; before < this.#stride; before++) {
        const block = blockOf(beginning.charCodeAt(before), beginning.charCodeAt(before + 1))
        this.#isWanted[block] = 1
        const suspect = { beginning, literals: same, before }
        this.#suspects.set(block, [...(this.#suspects.get(block) ?? []), suspect])
      }
    }
  }

  /** False only for texts without any of the literals; true also once the looks are used up. */
  mayHold(text: string, looks: Looks): boolean {
    const stride = this.#stride
    const taken = sampledBytes - (sampledBytes % stride) - stride
    const bytes = byteBuffer(sampledBytes)
    for (let from = 0; from < text.length; from += taken) {
      // One byte more: the last block of a piece ends in the next.
      const piece = text.length <= taken ? text : text.slice(from, from + taken + 1)
      const size = bytes.write(piece, 0, 'latin1')
      for (let at = this.#next(bytes, stride - 1, size); at >= 0; at = this.#next(bytes, at + stride, size)) {
        looks.left--
        if (looks.left < 0 || this.#isHeld(text, from + at)) return true
      }
    }
    return false
  }

  /** Next place with a wanted block; -1 without one. A loop without calls, so that nothing is read twice in it. */
  #next(bytes: Uint8Array, from: number, size: number): number {
    const stride = this.#stride
    const isWanted = this.#isWanted
    for (let at = from; at + 1 < size; at += stride)
      if (isWanted[blockOf(bytes[at] ?? 0, bytes[at + 1] ?? 0)] === 1) return at
    return -1
  }

  #isHeld(text: string, at: number): boolean {
    const suspects = this.#suspects.get(blockOf(text.charCodeAt(at), text.charCodeAt(at + 1))) ?? []
    for (let number = 0; number < suspects.length; number++) {
      const suspect = suspects[number]
      if (suspect === undefined || !standsAt(text, at - suspect.before, suspect.beginning)) continue
      for (const literal of suspect.literals) if (standsAt(text, at - suspect.before, literal)) return true
    }
    return false
  }
}
