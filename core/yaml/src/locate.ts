import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'
import type { Document, ParsedNode } from 'yaml'

/** Keys of maps and places in lists, from the root to a value. */
export type YamlPath = readonly (string | number)[]

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function isKey(key: unknown, segment: string | number): boolean {
  return (
    isScalar(key) &&
    (key.value === segment || key.source === String(segment) || String(key.value) === String(segment))
  )
}

interface Step {
  readonly node: unknown
  readonly offset: number | undefined
}

function step(node: unknown, segment: string | number, what: 'key' | 'value'): Step | undefined {
  if (isMap(node)) {
    // The last of two equal keys is the one whose value counts.
    const pair = node.items.findLast(({ key }) => isKey(key, segment))
    if (pair === undefined) return undefined
    const key = offsetOf(pair.key)
    return { node: pair.value, offset: what === 'key' ? key : (offsetOf(pair.value) ?? key) }
  }
  if (!isSeq(node)) return undefined
  const item = node.items[Number(segment)]
  return item === undefined ? undefined : { node: item, offset: offsetOf(item) }
}

/**
 * Offset of the value (or of its key) at `path`; when the path leaves the document, of the last key on the way
 * that exists, which is where a reader looks for something missing.
 */
export function locate(document: Document.Parsed<ParsedNode>, path: YamlPath, what: 'key' | 'value'): number {
  let node: unknown = document.contents
  let offset = offsetOf(node) ?? 0
  for (const [index, segment] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    const found = step(node, segment, index === path.length - 1 ? what : 'key')
    if (found === undefined) return offset
    node = found.node
    offset = found.offset ?? offset
  }
  return offset
}
