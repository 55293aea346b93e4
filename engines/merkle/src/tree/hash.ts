import { createHash, hash } from 'node:crypto'

/** Bytes of one hash: SHA-256. */
export const hashSize = 32

const nodeInput = new Uint8Array(1 + 2 * hashSize)
nodeInput[0] = 1

/** Hash of an entry: SHA-256(0x00 ‖ entry). RFC 6962 section 2.1. */
export function leafHash(entry: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + entry.length)
  input.set(entry, 1)
  return hash('sha256', input, 'buffer')
}

/**
 * Leaf hashes of the lines of NDJSON `text`, without their newlines. Every line must end with a newline.
 * Hot (guarded by bench/ledger): the newline before a line serves as its 0x00 prefix for the time of the call, so
 * that no line is copied; `text` is as before when this returns, but must not be read by others meanwhile.
 */
export function leafHashesOfLines(text: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = []
  let start = 0
  while (start < text.length) {
    const end = text.indexOf(0x0a, start)
    if (end < 0) break
    if (start === 0) hashes.push(leafHash(text.subarray(0, end)))
    else {
      text[start - 1] = 0
      hashes.push(hash('sha256', text.subarray(start - 1, end), 'buffer'))
      text[start - 1] = 0x0a
    }
    start = end + 1
  }
  return hashes
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). RFC 6962 section 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  // One shared buffer: the call is synchronous and its result is a fresh buffer.
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + hashSize)
  return hash('sha256', nodeInput, 'buffer')
}

/** Root of the tree without entries: SHA-256 of nothing. RFC 6962 section 2.1. */
export function emptyRoot(): Uint8Array {
  return createHash('sha256').digest()
}

/** True when both are hashes of the same bytes. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}
