import { createHash } from 'node:crypto'

/** Bytes of a key. */
export const keyBytes = 16

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu

/** The key of an id as binary text of 16 characters: the UUID's own bytes, or the beginning of a SHA-256 of another id. */
export function idKey(id: string): string {
  const bytes = uuidForm.test(id)
    ? Buffer.from(id.replaceAll('-', ''), 'hex')
    : createHash('sha256').update(id).digest().subarray(0, keyBytes)
  return bytes.toString('latin1')
}
