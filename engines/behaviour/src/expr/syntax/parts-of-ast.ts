import type { Ast } from './ast.ts'

/** The parts of a node. */
export function partsOfAst(node: Ast): readonly Ast[] {
  switch (node.kind) {
    case 'literal':
    case 'number':
    case 'name':
    case 'pointer':
      return []
    case 'unary':
      return [node.operand]
    case 'binary':
      return [node.left, node.right]
    case 'conditional':
      return [node.test, node.yes, node.no]
    case 'member':
      return [node.of, node.key]
    case 'method':
      return [node.of, ...node.args]
    case 'slice':
      return [node.of, ...[node.from, node.to].filter((part) => part !== undefined)]
    case 'chain':
      return [node.of]
    case 'call':
      return node.args
    case 'predicate':
      return [node.body]
    case 'let':
      return [node.value, node.body]
    case 'array':
      return node.items
    case 'map':
      return node.entries.flat()
    case 'sequence':
      return [node.first, node.second]
  }
}
