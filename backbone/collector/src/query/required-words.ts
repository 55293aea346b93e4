import type { QueryNode } from './query-node.ts'

/** Words (lower case) that every match of a filter holds; none where a filter can match without any. */
export function requiredWords(node: QueryNode): readonly string[] {
  if (node.kind === 'and') return node.nodes.flatMap(requiredWords)
  if (node.kind !== 'word') return []
  const [only] = node.parts
  return node.parts.length === 1 && typeof only === 'string' ? [only.toLowerCase()] : []
}
