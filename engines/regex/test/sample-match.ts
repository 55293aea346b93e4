import type { RegexNode } from '../src/syntax/node.ts'

/** A repeatable source of whole numbers below a limit. */
export type Random = (limit: number) => number

/** A linear congruential generator: the same seed gives the same tests. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** A text that follows one random path through a pattern; conditions are not looked at, so it may still fail to match. */
export function sampleMatch(node: RegexNode, random: Random): string {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return ''
    case 'set': {
      const pair = random(node.set.length / 2) * 2
      const low = node.set[pair] ?? 0
      const high = Math.min(node.set[pair + 1] ?? 0, low + 200)
      return node.set.length === 0 ? '' : String.fromCodePoint(low + random(high - low + 1))
    }
    case 'capture':
    case 'atomic':
      return sampleMatch(node.node, random)
    case 'concat':
      return node.nodes.map((part) => sampleMatch(part, random)).join('')
    case 'alternate': {
      const branch = node.nodes[random(node.nodes.length)]
      return branch === undefined ? '' : sampleMatch(branch, random)
    }
    case 'repeat': {
      const most = Math.min(node.max, node.min + 2)
      const count = node.min + random(most - node.min + 1)
      return Array.from({ length: count }, () => sampleMatch(node.node, random)).join('')
    }
  }
}
