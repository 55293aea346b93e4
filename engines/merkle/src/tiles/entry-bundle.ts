import { MerkleError } from '../merkle-error.ts'
import { tileWidth } from './tile-path.ts'

/** Longest entry of a bundle: its length is a 16-bit number. */
export const maxEntryBytes = 65_535

/** Bytes of a bundle: each entry after its big-endian uint16 length. C2SP tlog-tiles, "Log Entries". */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0 || entries.length > tileWidth) {
    throw new MerkleError('MERKLE_BAD_TILE', `a bundle has 1 to ${tileWidth} entries, not ${entries.length}`)
  }
  const bytes = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0))
  let at = 0
  for (const entry of entries) {
    if (entry.length > maxEntryBytes) {
      throw new MerkleError('MERKLE_ENTRY_TOO_LONG', `an entry has at most ${maxEntryBytes} bytes`)
    }
    bytes[at] = entry.length >> 8
    bytes[at + 1] = entry.length & 0xff
    bytes.set(entry, at + 2)
    at += 2 + entry.length
  }
  return bytes
}

/** The entries of a bundle. Throws `MERKLE_BAD_TILE` when it ends within an entry or has more than 256. */
export function decodeEntryBundle(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    const end = at + 2 + length
    if (end > bytes.length) throw new MerkleError('MERKLE_BAD_TILE', 'the bundle ends within an entry')
    if (entries.length === tileWidth)
      throw new MerkleError('MERKLE_BAD_TILE', `more than ${tileWidth} entries`)
    entries.push(bytes.slice(at + 2, end))
    at = end
  }
  return entries
}
