import type { Field } from '../fields/fields.ts'

/** A part of a text pattern: literal text, any text (`*`), or any one character (`?`). */
export type PatternPart = string | { readonly any: 'text' | 'character' }

/** What a field is compared with. */
export type Test =
  /** Text as a whole, without regard to case. */
  | { readonly kind: 'pattern'; readonly parts: readonly PatternPart[] }
  | { readonly kind: 'compare'; readonly op: '<' | '<=' | '>' | '>=' | '='; readonly value: number }
  | { readonly kind: 'between'; readonly low: number; readonly high: number }
  | { readonly kind: 'exists' }

/** A parsed filter. */
export type QueryNode =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'not'; readonly node: QueryNode }
  | { readonly kind: 'field'; readonly field: Field; readonly test: Test }
  /** A word that one of the word fields contains; with stars or question marks, text that it contains. */
  | { readonly kind: 'word'; readonly parts: readonly PatternPart[] }
  | { readonly kind: 'everything' }
