import { randomFillSync } from 'node:crypto'

/** Time and randomness of an id source; tests pass their own. */
export interface IdSources {
  readonly now: () => number
  readonly fillRandom: (bytes: Uint8Array) => void
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const poolSize = 4096

function format(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < 16; i += 1) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-'
    text += hex[bytes[i] ?? 0] ?? ''
  }
  return text
}

/**
 * Makes a generator of UUIDv7 strings (RFC 9562 section 5.7) that grow strictly within one generator: a 12-bit
 * counter in rand_a (section 6.2, method 1) orders ids of the same millisecond, and time never runs backwards.
 */
export function createUuidV7(sources: IdSources): () => string {
  const pool = new Uint8Array(poolSize)
  let used = poolSize
  let lastMs = 0
  let counter = 0
  const bytes = new Uint8Array(16)
  return () => {
    if (used + 10 > poolSize) {
      sources.fillRandom(pool)
      used = 0
    }
    const now = Math.max(0, Math.floor(sources.now()))
    if (now > lastMs) {
      lastMs = now
      // Start in the lower half so that a burst within one millisecond has room to count.
      counter = (((pool[used] ?? 0) << 8) | (pool[used + 1] ?? 0)) & 0x7ff
    } else {
      counter += 1
      if (counter > 0xfff) {
        lastMs += 1
        counter = 0
      }
    }
    writeTime(bytes, lastMs)
    bytes[6] = 0x70 | (counter >> 8)
    bytes[7] = counter & 0xff
    for (let i = 8; i < 16; i += 1) bytes[i] = pool[used + i - 6] ?? 0
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
    used += 10
    return format(bytes)
  }
}

function writeTime(bytes: Uint8Array, ms: number): void {
  const high = Math.floor(ms / 0x1_0000)
  bytes[0] = (high >>> 24) & 0xff
  bytes[1] = (high >>> 16) & 0xff
  bytes[2] = (high >>> 8) & 0xff
  bytes[3] = high & 0xff
  bytes[4] = (ms >>> 8) & 0xff
  bytes[5] = ms & 0xff
}

/** UUIDv7 from the system clock and the system's randomness. */
export const uuidV7: () => string = createUuidV7({
  now: () => Date.now(),
  fillRandom: (bytes) => void randomFillSync(bytes),
})
