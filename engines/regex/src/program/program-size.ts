import { isNullable } from '../syntax/first-of.ts'

import type { RegexNode, RepeatNode } from '../syntax/node.ts'

/** How much a pattern becomes when its counted repeats are written out. Infinite when no number holds it. */
export interface ProgramSize {
  /** Instructions that {@link assemble} writes. */
  readonly instructions: number
  /** Nodes it visits: repeats of what adds no instruction cost time as well. */
  readonly nodes: number
}

/** Computes the size without writing anything out, so that a pattern is refused before it costs memory. */
export function programSize(root: RegexNode): ProgramSize {
  const { instructions, nodes } = sizeOf(root)
  return { instructions: instructions + 1, nodes }
}

function sizeOf(node: RegexNode): ProgramSize {
  switch (node.kind) {
    case 'empty':
      return { instructions: 0, nodes: 1 }
    case 'set':
    case 'assert':
      return { instructions: 1, nodes: 1 }
    case 'capture':
      return around(sizeOf(node.node), 2)
    case 'atomic':
      return around(sizeOf(node.node), 0)
    case 'concat':
      return sumOf(node.nodes, 0)
    case 'alternate':
      return sumOf(node.nodes, node.nodes.length - 1)
    case 'repeat':
      return repeatSize(node, sizeOf(node.node))
  }
}

function around(inner: ProgramSize, instructions: number): ProgramSize {
  return { instructions: inner.instructions + instructions, nodes: inner.nodes + 1 }
}

function sumOf(parts: readonly RegexNode[], splits: number): ProgramSize {
  let instructions = splits
  let nodes = 1
  for (const part of parts) {
    const size = sizeOf(part)
    instructions += size.instructions
    nodes += size.nodes
  }
  return { instructions, nodes }
}

/** One copy a pass; an optional pass has a split, an open end one more when the body may be empty. */
function repeatSize({ node, min, max }: RepeatNode, inner: ProgramSize): ProgramSize {
  const copies = max === Infinity ? Math.max(1, min) : max
  const splits = max === Infinity ? (min === 0 && isNullable(node) ? 2 : 1) : max - min
  return {
    instructions: inner.instructions * copies + splits,
    nodes: inner.nodes * copies + 1,
  }
}
