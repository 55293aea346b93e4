import { emptySet, unionSet, type CharSet } from '../charset/char-set.ts'

import type { Assertion, RegexNode } from './node.ts'

/** What can come first in a match of a node. */
export interface First {
  /** Characters that can be consumed first. */
  readonly set: CharSet
  /** Conditions that can be asked before anything is consumed. */
  readonly assertions: ReadonlySet<Assertion>
  /** Whether the node can match without consuming. */
  readonly nullable: boolean
}

/** The {@link First} of the empty string. */
export const firstOfNothing: First = { set: emptySet, assertions: new Set(), nullable: true }

/** Computes the {@link First} of a node. */
export function firstOf(node: RegexNode): First {
  switch (node.kind) {
    case 'empty':
      return firstOfNothing
    case 'set':
      return { set: node.set, assertions: new Set(), nullable: false }
    case 'assert':
      return { set: emptySet, assertions: new Set([node.assertion]), nullable: true }
    case 'capture':
    case 'atomic':
      return firstOf(node.node)
    case 'concat':
      return node.nodes.reduceRight((rest, part) => firstThen(firstOf(part), rest), firstOfNothing)
    case 'alternate':
      return node.nodes.map(firstOf).reduce(firstEither)
    case 'repeat': {
      const inner = firstOf(node.node)
      return { ...inner, nullable: inner.nullable || node.min === 0 }
    }
  }
}

/** What comes first in a sequence. */
export function firstThen(head: First, rest: First): First {
  if (!head.nullable) return head
  return { ...firstEither(head, rest), nullable: rest.nullable }
}

/** What comes first in either of two nodes. */
export function firstEither(a: First, b: First): First {
  return {
    set: unionSet(a.set, b.set),
    assertions: new Set([...a.assertions, ...b.assertions]),
    nullable: a.nullable || b.nullable,
  }
}

/** Whether a node can match without consuming. */
export function isNullable(node: RegexNode): boolean {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return true
    case 'set':
      return false
    case 'capture':
    case 'atomic':
      return isNullable(node.node)
    case 'concat':
      return node.nodes.every(isNullable)
    case 'alternate':
      return node.nodes.some(isNullable)
    case 'repeat':
      return node.min === 0 || isNullable(node.node)
  }
}

/** Fewest UTF-16 units a match of a node has. */
export function minLengthOf(node: RegexNode): number {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return 0
    case 'set':
      return (node.set[0] ?? 0) > 0xffff ? 2 : 1
    case 'capture':
    case 'atomic':
      return minLengthOf(node.node)
    case 'concat':
      return node.nodes.reduce((sum, part) => sum + minLengthOf(part), 0)
    case 'alternate':
      return node.nodes.reduce((least, branch) => Math.min(least, minLengthOf(branch)), Infinity)
    case 'repeat':
      return node.min * minLengthOf(node.node)
  }
}
