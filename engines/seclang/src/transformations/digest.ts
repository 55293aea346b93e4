import { createHash } from 'node:crypto'
import type { Transformation } from './transformation.ts'

/** `t:md5`: the MD5 digest as 16 raw bytes. */
export const md5: Transformation = {
  name: 'md5',
  apply: (input) => createHash('md5').update(input, 'latin1').digest().toString('latin1'),
}

/** `t:sha1`: the SHA-1 digest as 20 raw bytes. */
export const sha1: Transformation = {
  name: 'sha1',
  apply: (input) => createHash('sha1').update(input, 'latin1').digest().toString('latin1'),
}
