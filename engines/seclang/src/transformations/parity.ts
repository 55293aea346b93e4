import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

function oddBits(code: number): boolean {
  let bits = code ^ (code >> 4)
  bits ^= bits >> 2
  return ((bits ^ (bits >> 1)) & 1) === 1
}

function mapped(input: string, map: (code: number) => number): string {
  const out = byteBuffer(input.length)
  let changed = false
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    const next = map(code)
    if (next !== code) changed = true
    out[i] = next
  }
  return changed ? latin1Text(out, input.length) : input
}

const even = (code: number): number => (oddBits(code) ? code | 0x80 : code & 0x7f)
const odd = (code: number): number => (oddBits(code) ? code & 0x7f : code | 0x80)
const zero = (code: number): number => code & 0x7f

/** `t:parityEven7bit`: bit 7 set where a byte has an odd number of one bits, else cleared. */
export const parityEven7bit: Transformation = {
  name: 'parityEven7bit',
  apply: (input) => mapped(input, even),
}

/** `t:parityOdd7bit`: bit 7 set where a byte has an even number of one bits, else cleared. */
export const parityOdd7bit: Transformation = {
  name: 'parityOdd7bit',
  apply: (input) => mapped(input, odd),
}

/** `t:parityZero7bit`: bit 7 of every byte cleared. */
export const parityZero7bit: Transformation = {
  name: 'parityZero7bit',
  apply: (input) => mapped(input, zero),
}
