import type { Transformation } from '../transformations/transformation.ts'

/** A chain of transformations as a path: chains with the same beginning share its results. */
export interface ChainNode {
  readonly number: number
  readonly parent: ChainNode | null
  /** null at the root: the value as it is. */
  readonly transformation: Transformation | null
  readonly depth: number
  /** Its beginnings, from the root to the chain itself. */
  readonly path: readonly ChainNode[]
  readonly children: Map<string, ChainNode>
}

/** Results of chains on many values: by the number of the chain, then by that of the value. */
export type ChainResults = ((string | undefined)[] | undefined)[]

/** All chains of a rule set. */
export interface ChainTrie {
  readonly root: ChainNode
  readonly nodes: readonly ChainNode[]
  /** The node of a chain; made when new. */
  claim(chain: readonly Transformation[]): ChainNode
}

/** A trie with the empty chain. */
export function createChainTrie(): ChainTrie {
  const root = createNode(0, null, null)
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
        const child = createNode(nodes.length, node, transformation)
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

/** Value after a chain, with results of all its beginnings kept for that value. */
export function applyChainShared(
  node: ChainNode,
  value: string,
  kept: { readonly texts: ChainResults; readonly rows: readonly number[] },
  row: number,
): string {
  if (node.transformation === null || node.parent === null) return value
  // As long as it will be: rows are not asked for in order, and an array with wide gaps is a slow one.
  const results = (kept.texts[node.number] ??= new Array<string | undefined>(kept.rows.length))
  const known = results[row]
  if (known !== undefined) return known
  const result = node.transformation.apply(applyChainShared(node.parent, value, kept, row))
  results[row] = result
  return result
}

function createNode(
  number: number,
  parent: ChainNode | null,
  transformation: Transformation | null,
): ChainNode {
  const before = parent?.path ?? []
  const path: ChainNode[] = [...before]
  const node = { number, parent, transformation, depth: before.length, path, children: new Map() }
  path.push(node)
  return node
}
