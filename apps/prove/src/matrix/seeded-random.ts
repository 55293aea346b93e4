import { createHash } from 'node:crypto'

/** Numbers from 0 to below 1 that depend on the seed and the label only. */
export function seededRandom(seed: string, label: string): () => number {
  let count = 0
  return () => {
    const digest = createHash('sha256').update(`${seed}\0${label}\0${count++}`).digest()
    return digest.readUInt32BE(0) / 2 ** 32
  }
}

/** A UUID that depends on the seed and the label only. */
export function seededId(seed: string, label: string): string {
  const hex = createHash('sha256').update(`${seed}\0id\0${label}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
