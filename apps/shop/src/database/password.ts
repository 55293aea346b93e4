import { createHash } from 'node:crypto'

/** Unsalted MD5, as too many shops still do. */
export function weakPasswordHash(password: string): string {
  return createHash('md5').update(password).digest('hex')
}
