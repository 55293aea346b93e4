import type { Transformation } from './transformation.ts'

/** `t:none`: clears the transformations inherited from SecDefaultAction; changes no value. */
export const none: Transformation = { name: 'none', apply: (input) => input }
