import type { CharSet } from '../charset/char-set.ts'
import type { RegexNode } from '../syntax/node.ts'

const newline = 10

/** Whether a set takes every character but, at most, a newline. */
export function takesLine(set: CharSet, last: number): boolean {
  const holes: number[] = []
  let next = 0
  for (let i = 0; i < set.length; i += 2) {
    const from = set[i] ?? 0
    for (let code = next; code < from; code++) {
      holes.push(code)
      if (holes.length > 1) return false
    }
    next = (set[i + 1] ?? 0) + 1
  }
  return next > last && holes.every((code) => code === newline)
}

/** A condition that holds where an input without a newline ends. */
function isEnd(node: RegexNode): boolean {
  return node.kind === 'assert' && ['text-end', 'final-end', 'line-end'].includes(node.assertion)
}

/**
 * Whether each match of a pattern goes on to the end of an input without a newline: the pattern ends in a greedy `.*`.
 * `last` is the highest code point of the mode.
 */
export function takesRest(node: RegexNode, last: number): boolean {
  switch (node.kind) {
    case 'capture':
      return takesRest(node.node, last)
    case 'concat': {
      const end = node.nodes.findLast((part) => !isEnd(part))
      return end !== undefined && takesRest(end, last)
    }
    case 'alternate':
      return node.nodes.every((branch) => takesRest(branch, last))
    case 'repeat':
      return (
        node.greedy &&
        node.min <= 1 &&
        node.max === Number.POSITIVE_INFINITY &&
        node.node.kind === 'set' &&
        takesLine(node.node.set, last)
      )
    case 'empty':
    case 'set':
    case 'assert':
    case 'atomic':
      return false
  }
}
