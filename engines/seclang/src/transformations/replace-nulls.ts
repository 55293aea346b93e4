import type { Transformation } from './transformation.ts'

/** `t:replaceNulls`: every NUL byte becomes a space. */
export const replaceNulls: Transformation = {
  name: 'replaceNulls',
  apply: (input) => (input.includes('\0') ? input.replaceAll('\0', ' ') : input),
}
