import { emptySet, intersectSet, unionSet, type CharSet } from '../charset/char-set.ts'
import { firstEither, firstOf, firstOfNothing, firstThen, type First } from './first-of.ts'
import { concatNodes, sequenceOf, type Assertion, type RegexNode } from './node.ts'
import { unsupported } from './pattern-reader.ts'

/**
 * Rewrites atomic groups and possessive repeats as ordinary ones where giving back could never help: every character
 * that could be given back differs from all that can come next. Where something of it can come next, a group that ends
 * in an open repeat of a set keeps a bar: its longest run is the one behind which no member of the set stands. Other
 * groups are refused, because leftmost-first automata have no way to forbid giving back.
 */
export function resolveAtomic(root: RegexNode): RegexNode {
  return hasAtomic(root) ? resolve(root, firstOfNothing) : root
}

function hasAtomic(node: RegexNode): boolean {
  if (node.kind === 'concat' || node.kind === 'alternate') return node.nodes.some(hasAtomic)
  return (
    node.kind === 'atomic' || ((node.kind === 'repeat' || node.kind === 'capture') && hasAtomic(node.node))
  )
}

function resolve(node: RegexNode, next: First): RegexNode {
  switch (node.kind) {
    case 'empty':
    case 'set':
    case 'assert':
      return node
    case 'capture':
      return { ...node, node: resolve(node.node, next) }
    case 'alternate':
      return { ...node, nodes: node.nodes.map((branch) => resolve(branch, next)) }
    case 'repeat': {
      const again = node.max > 1 ? firstEither(firstOf(node.node), next) : next
      return { ...node, node: resolve(node.node, again) }
    }
    case 'concat':
      return concatNodes(resolveSequence(node.nodes, next))
    case 'atomic':
      return resolveGroup(node.node, next, node.offset)
  }
}

function resolveSequence(nodes: readonly RegexNode[], next: First): RegexNode[] {
  const out: RegexNode[] = []
  let follow = next
  for (const node of nodes.toReversed()) {
    out.unshift(resolve(node, follow))
    follow = firstThen(firstOf(node), follow)
  }
  return out
}

function resolveGroup(node: RegexNode, next: First, offset: number): RegexNode {
  const inner = node.kind === 'atomic' ? resolve(node, next) : node
  const given = givenBack(inner)
  if (given !== undefined && !canReuse(given.set, next)) return given.node
  if (given?.run !== undefined && isEndOnly(next)) return barredRun(given.run, offset)
  throw unsupported(
    'an atomic group or possessive quantifier that changes what matches',
    offset,
    'use an ordinary group; a linear-time engine needs no protection from backtracking',
  )
}

/** All that a run may take, or less where nothing of its set comes next. */
function barredRun({ head, set, min, max }: Run, offset: number): RegexNode {
  const repeat = (from: number, to: number): RegexNode =>
    concatNodes([...head, { kind: 'repeat', node: { kind: 'set', set }, min: from, max: to, greedy: true }])
  if (max === Infinity) return { kind: 'atomic', node: repeat(min, max), offset, barred: set }
  const less: RegexNode = { kind: 'atomic', node: repeat(min, max - 1), offset, barred: set }
  return max === min ? repeat(max, max) : { kind: 'alternate', nodes: [repeat(max, max), less] }
}

function givenBack(node: RegexNode): GivenBack | undefined {
  return node.kind === 'alternate' ? givenBackByBranches(node.nodes) : givenBackBySequence(sequenceOf(node))
}

/** What is asked before a character is consumed looks for an end: the bar and it can be told by one character. */
function isEndOnly({ assertions }: First): boolean {
  return [...assertions].every((assertion) => ends.has(assertion))
}

const ends: ReadonlySet<Assertion> = new Set<Assertion>(['text-end', 'final-end', 'line-end'])

interface Run {
  readonly head: readonly RegexNode[]
  readonly set: CharSet
  readonly min: number
  readonly max: number
}

interface GivenBack {
  readonly node: RegexNode
  /** Characters that stand next after giving back. */
  readonly set: CharSet
  /** It is fixed characters and a greedy repeat of that set. */
  readonly run?: Run
}

/** Fixed characters, then at most one repeated set. */
function givenBackBySequence(nodes: readonly RegexNode[]): GivenBack | undefined {
  const last = nodes.at(-1)
  if (!nodes.slice(0, -1).every((node) => node.kind === 'set')) return undefined
  if (last === undefined || last.kind === 'set' || last.kind === 'empty')
    return { node: concatNodes(nodes), set: emptySet }
  if (last.kind !== 'repeat' || last.node.kind !== 'set') return undefined
  if (last.greedy) {
    const { set } = last.node
    return {
      node: concatNodes(nodes),
      set,
      run: { head: nodes.slice(0, -1), set, min: last.min, max: last.max },
    }
  }
  // A lazy repeat that may not take more takes its minimum.
  return { node: concatNodes([...nodes.slice(0, -1), { ...last, max: last.min }]), set: emptySet }
}

/** Branches of fixed characters: an earlier, longer branch may give way to a later, shorter one. */
function givenBackByBranches(branches: readonly RegexNode[]): GivenBack | undefined {
  const words: CharSet[][] = []
  for (const branch of branches) {
    const word: CharSet[] = []
    for (const node of sequenceOf(branch)) {
      if (node.kind !== 'set') return undefined
      word.push(node.set)
    }
    words.push(word)
  }
  let set: CharSet = emptySet
  for (const [i, earlier] of words.entries()) {
    for (const later of words.slice(i + 1)) {
      if (later.length === earlier.length || !compatible(earlier, later)) continue
      if (later.length > earlier.length) return undefined
      set = unionSet(set, earlier[later.length] ?? emptySet)
    }
  }
  return { node: { kind: 'alternate', nodes: branches }, set }
}

function compatible(a: readonly CharSet[], b: readonly CharSet[]): boolean {
  const length = Math.min(a.length, b.length)
  return a.slice(0, length).every((set, i) => intersectSet(set, b[i] ?? emptySet).length > 0)
}

/** Whether what follows could go on before one of the given-back characters. */
function canReuse(given: CharSet, next: First): boolean {
  if (given.length === 0) return false
  if (intersectSet(given, next.set).length > 0) return true
  const newline = intersectSet(given, [0x0a, 0x0a]).length > 0
  for (const assertion of next.assertions) {
    // Before the end nothing is left to be given back; a start may come back into sight.
    if (assertion === 'text-end') continue
    if (assertion === 'line-end' || assertion === 'final-end') {
      if (newline) return true
    } else {
      return true
    }
  }
  return false
}
