import type { Transformation } from '../transformations/transformation.ts'

/** A chain of transformations as a path: chains with the same beginning share its results. */
export interface ChainNode {
  readonly number: number
  readonly parent: ChainNode | null
  /** null at the root: the value as it is. */
  readonly transformation: Transformation | null
  readonly depth: number
  readonly children: Map<string, ChainNode>
}

/** All chains of a rule set. */
export interface ChainTrie {
  readonly root: ChainNode
  readonly nodes: readonly ChainNode[]
  /** The node of a chain; made when new. */
  claim(chain: readonly Transformation[]): ChainNode
}

/** A trie with the empty chain. */
export function createChainTrie(): ChainTrie {
  const root: ChainNode = { number: 0, parent: null, transformation: null, depth: 0, children: new Map() }
  const nodes = [root]
  return {
    root,
    nodes,
    claim(chain) {
      let node = root
      for (const transformation of chain) {
        const known = node.children.get(transformation.name)
        if (known !== undefined) {
          node = known
          continue
        }
        const child: ChainNode = {
          number: nodes.length,
          parent: node,
          transformation,
          depth: node.depth + 1,
          children: new Map(),
        }
        node.children.set(transformation.name, child)
        nodes.push(child)
        node = child
      }
      return node
    },
  }
}

/** Value after a chain. */
export function applyChain(node: ChainNode, value: string): string {
  if (node.transformation === null || node.parent === null) return value
  return node.transformation.apply(applyChain(node.parent, value))
}

/** Value after a chain, with results of all its beginnings kept in `known` by node number. */
export function applyChainShared(node: ChainNode, value: string, known: (string | undefined)[]): string {
  if (node.transformation === null || node.parent === null) return value
  const found = known[node.number]
  if (found !== undefined) return found
  const result = node.transformation.apply(applyChainShared(node.parent, value, known))
  known[node.number] = result
  return result
}
