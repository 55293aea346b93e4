import { byteTable, filterBytes } from './filter-bytes.ts'
import type { Transformation } from './transformation.ts'

const NUL = byteTable([0])

/** `t:removeNulls`: drops every NUL byte. */
export const removeNulls: Transformation = {
  name: 'removeNulls',
  apply: (input) => filterBytes(input, NUL),
}
