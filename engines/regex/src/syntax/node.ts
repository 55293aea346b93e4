import type { CharSet } from '../charset/char-set.ts'

/**
 * Zero-width conditions. `text-start` \A, `text-end` \z, `final-end` \Z (end, or before a newline that ends the input),
 * `line-start` and `line-end` multiline ^ and $ (newline is `\n` only), `word` \b and `not-word` \B over ASCII words.
 */
export type Assertion =
  | 'text-start'
  | 'text-end'
  | 'final-end'
  | 'line-start'
  | 'line-end'
  | 'word'
  | 'not-word'

/** A pattern with flags and case already resolved: what remains has one meaning in every engine. */
export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'capture'; readonly index: number; readonly node: RegexNode }
  | { readonly kind: 'concat'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'alternate'; readonly nodes: readonly RegexNode[] }
  | RepeatNode
  | AtomicNode

/** `(?>node)`. */
interface AtomicNode {
  readonly kind: 'atomic'
  readonly node: RegexNode
  readonly offset: number
  /** Said of a resolved group: it behaves as an ordinary one behind which none of these may come next. */
  readonly barred?: CharSet
}

/** `node{min,max}`; max is Infinity when open. Possessive repeats are an atomic group around a greedy one. */
export interface RepeatNode {
  readonly kind: 'repeat'
  readonly node: RegexNode
  readonly min: number
  readonly max: number
  readonly greedy: boolean
}

/** The node that matches the empty string. */
export const emptyNode: RegexNode = { kind: 'empty' }

/** Joins nodes in sequence, without needless nesting. */
export function concatNodes(nodes: readonly RegexNode[]): RegexNode {
  const flat: RegexNode[] = []
  for (const node of nodes) {
    if (node.kind === 'concat') for (const part of node.nodes) flat.push(part)
    else if (node.kind !== 'empty') flat.push(node)
  }
  const [only] = flat
  if (only === undefined) return emptyNode
  return flat.length === 1 ? only : { kind: 'concat', nodes: flat }
}

/** The members of a concatenation, or the node itself. */
export function sequenceOf(node: RegexNode): readonly RegexNode[] {
  return node.kind === 'concat' ? node.nodes : [node]
}
