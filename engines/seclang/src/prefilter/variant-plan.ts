import type { ChainNode } from '../compile/chain-trie.ts'
import type { Transformation } from '../transformations/transformation.ts'
import type { LinkScanner } from './link-scanner.ts'
import { alwaysTrigger, bringsInOf, changesOnlyCase, ignoresCase, triggerOf } from './byte-trigger.ts'

/** The forms of a value that links of one column look at: a tree of transformations with the links at its nodes. */
export interface VariantNode {
  readonly transformation: Transformation | null
  /** Bytes that make the transformation worth running. */
  readonly trigger: number
  readonly children: VariantNode[]
  /** Links that look at this form. */
  readonly links: Uint32Array
  /** Links at this node and below. */
  readonly below: Uint32Array
  /** Looks at the forms that are made here; small where few links are below. */
  scanner: LinkScanner | null
  /** Triggers of all nodes below. */
  triggersBelow: number
  /** Shortest value that a link here or below can match; 0 when a later step can make values longer. */
  shortest: number
  /**
   * Flags of values worth looking at: signs that every match of some link here or below holds, and bytes from which
   * a transformation here or below may make such signs.
   */
  wanted: number
}

/** An empty tree for `words` entries of link bits. */
export function createVariantNode(transformation: Transformation | null, words: number): VariantNode {
  return {
    transformation,
    trigger: transformation === null ? 0 : triggerOf(transformation.name),
    children: [],
    links: new Uint32Array(words),
    below: new Uint32Array(words),
    scanner: null,
    triggersBelow: 0,
    shortest: Number.MAX_SAFE_INTEGER,
    wanted: transformation === null ? 0 : bringsInOf(transformation.name),
  }
}

/** Notes that a link looks at the result of a chain; `multiMatch` links look at every form on the way. */
export function addVariant(
  root: VariantNode,
  chain: ChainNode,
  link: { bit: number; multiMatch: boolean; shortest: number; kinds: number },
): void {
  const steps = significantSteps(chain)
  const { length: words } = root.links
  mark(root.below, link.bit)
  let node = root
  if (link.multiMatch || steps.length === 0) mark(node.links, link.bit)
  for (const [index, step] of steps.entries()) {
    let child = node.children.find((other) => other.transformation?.name === step.name)
    if (child === undefined) {
      child = createVariantNode(step, words)
      node.children.push(child)
    }
    mark(child.below, link.bit)
    child.shortest = Math.min(child.shortest, link.shortest)
    child.wanted |= link.kinds === 0 ? alwaysTrigger : link.kinds
    if (link.multiMatch || index === steps.length - 1) mark(child.links, link.bit)
    node = child
  }
}

/** Fills `triggersBelow` and completes `wanted`; call once all variants are in. */
export function sealVariants(node: VariantNode): number {
  node.triggersBelow = 0
  for (const child of node.children) {
    node.triggersBelow |= child.trigger | sealVariants(child)
    if (!growsNothing.has(child.transformation?.name.toLowerCase() ?? '')) node.shortest = 0
    if (child.shortest === 0) node.shortest = 0
    node.wanted |= child.wanted
  }
  return node.triggersBelow
}

/** Links of a set, as numbers. */
export function linksIn(set: Uint32Array): number[] {
  const links: number[] = []
  for (let link = 0; link < set.length * 32; link++)
    if ((((set[link >> 5] ?? 0) >>> (link & 31)) & 1) === 1) links.push(link)
  return links
}

/** True when the column needs a second look at every value, whatever its bytes. */
export function needsEveryValue(root: VariantNode): boolean {
  return (root.triggersBelow & alwaysTrigger) !== 0
}

/** Transformations whose result is never longer than the value. */
const growsNothing: ReadonlySet<string> = new Set([
  'base64decode',
  'base64decodeext',
  'compresswhitespace',
  'cssdecode',
  'escapeseqdecode',
  'htmlentitydecode',
  'jsdecode',
  'lowercase',
  'removecomments',
  'removenulls',
  'removewhitespace',
  'trim',
  'uppercase',
  'urldecode',
  'urldecodeuni',
])

// A change of case is none for literals without case, unless a later step reads case (base64, escapes).
function significantSteps(chain: ChainNode): Transformation[] {
  const steps: Transformation[] = []
  let caseMatters = false
  for (let node: ChainNode | null = chain; node !== null; node = node.parent) {
    const { transformation } = node
    if (transformation === null) break
    if (changesOnlyCase(transformation.name) && !caseMatters) continue
    if (!ignoresCase(transformation.name)) caseMatters = true
    steps.unshift(transformation)
  }
  return steps
}

function mark(set: Uint32Array, bit: number): void {
  set[bit >> 5] = (set[bit >> 5] ?? 0) | (1 << (bit & 31))
}
