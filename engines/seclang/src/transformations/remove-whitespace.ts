import { byteTable, filterBytes } from './filter-bytes.ts'
import type { Transformation } from './transformation.ts'

// 0xA0 alone is a no-break space in Latin-1, 0xC2 0xA0 one in UTF-8: both bytes go.
const SPACES = byteTable([9, 10, 11, 12, 13, 32, 0xa0, 0xc2])

/** `t:removeWhitespace`: drops ASCII white space and no-break spaces. */
export const removeWhitespace: Transformation = {
  name: 'removeWhitespace',
  apply: (input) => filterBytes(input, SPACES),
}
