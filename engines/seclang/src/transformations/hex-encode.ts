import { Buffer } from 'node:buffer'
import type { Transformation } from './transformation.ts'

/** `t:hexEncode`: two lower-case hexadecimal digits for each byte. */
export const hexEncode: Transformation = {
  name: 'hexEncode',
  apply: (input) => (input === '' ? input : Buffer.from(input, 'latin1').toString('hex')),
}
