import { Buffer } from 'node:buffer'

const KEPT_BYTES = 65_536
const kept = Buffer.allocUnsafeSlow(KEPT_BYTES)

/**
 * Gives a buffer of at least `size` bytes to build one result in. Up to 64 KiB it is always the
 * same one: turn it into a string with `latin1Text` before the next call, and never keep it.
 */
export function byteBuffer(size: number): Buffer {
  return size <= KEPT_BYTES ? kept : Buffer.allocUnsafeSlow(size)
}

/** Gives the first `length` bytes of a buffer as a byte string. */
export function latin1Text(bytes: Buffer, length: number): string {
  return bytes.toString('latin1', 0, length)
}
