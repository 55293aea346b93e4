import { createHash } from 'node:crypto'

// RFC 6962 section 2.1 word for word, recursive and slow: what the engine is compared with.

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function largestPowerBelow(n: number): number {
  let k = 1
  while (k << 1 < n) k <<= 1
  return k
}

/** MTH(D[n]). */
export function mth(d: readonly Uint8Array[]): Buffer {
  const [first] = d
  if (first === undefined) return sha256()
  if (d.length === 1) return sha256(Uint8Array.of(0), first)
  const k = largestPowerBelow(d.length)
  return sha256(Uint8Array.of(1), mth(d.slice(0, k)), mth(d.slice(k)))
}

/** PATH(m, D[n]). */
export function path(m: number, d: readonly Uint8Array[]): Buffer[] {
  if (d.length <= 1) return []
  const k = largestPowerBelow(d.length)
  return m < k
    ? [...path(m, d.slice(0, k)), mth(d.slice(k))]
    : [...path(m - k, d.slice(k)), mth(d.slice(0, k))]
}

/** PROOF(m, D[n]). */
export function proof(m: number, d: readonly Uint8Array[]): Buffer[] {
  return subproof(m, d, true)
}

function subproof(m: number, d: readonly Uint8Array[], whole: boolean): Buffer[] {
  if (m === d.length) return whole ? [] : [mth(d)]
  const k = largestPowerBelow(d.length)
  return m <= k
    ? [...subproof(m, d.slice(0, k), whole), mth(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))]
}

/** Entries `entry-0`, `entry-1` …, with an empty one among them. */
export function entries(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(i === 3 ? '' : `entry-${i}`))
}
