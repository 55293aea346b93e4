import { randomBytes } from 'node:crypto'

/** Answers over this size can be held up by a slow reader: the kernel does not take them from us at once. Bytes. */
export const heavyBytes = 262_144
/** How long a path counts as heavy after an answer of it was large or stalled, milliseconds. */
export const heavyForMs = 10_000
/** Paths that are remembered; a power of two. */
const places = 4096
/** Characters of a path that count: a client chooses its length. */
const countedCharacters = 256
const question = 63
const fnvPrime = 16_777_619

/**
 * Which paths of a service give small answers that clients take at once. Only those can never hold a connection for
 * a slow reader; everything else, and what is not known, can. A table of fixed size: what two paths share a place of
 * is the one that was answered last. The start of the hash is secret, so that nobody chooses whose place he takes.
 */
export class AnswerWeights {
  private readonly keys = new Uint32Array(places)
  private readonly heavyUntil = new Float64Array(places)
  private readonly start = randomBytes(4).readUInt32LE()

  /** Key of a request target; its query does not count. Never 0. Hot. */
  keyOf(target: string): number {
    const length = Math.min(target.length, countedCharacters)
    let hash = this.start
    for (let i = 0; i < length; i += 1) {
      const code = target.charCodeAt(i)
      if (code === question) break
      hash = Math.imul(hash ^ code, fnvPrime)
    }
    // The low bits choose the place; they must depend on all of it.
    return (hash ^ (hash >>> 15)) >>> 0 || 1
  }

  /** True when the last answers of the path were small and taken. @param now milliseconds of a monotonic clock. */
  isLight(key: number, now: number): boolean {
    const at = key & (places - 1)
    return this.keys[at] === key && (this.heavyUntil[at] ?? 0) <= now
  }

  /** An answer was small and given away without a stall. */
  wasLight(key: number): void {
    const at = key & (places - 1)
    if (this.keys[at] === key) return
    this.keys[at] = key
    this.heavyUntil[at] = 0
  }

  /** An answer was large, or its client did not take it. */
  wasHeavy(key: number, now: number): void {
    const at = key & (places - 1)
    this.keys[at] = key
    this.heavyUntil[at] = now + heavyForMs
  }
}
