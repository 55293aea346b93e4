import type { Transformation } from './transformation.ts'

/** `t:length`: the number of bytes as decimal digits ("abc" gives "3"). */
export const length: Transformation = { name: 'length', apply: (input) => String(input.length) }
