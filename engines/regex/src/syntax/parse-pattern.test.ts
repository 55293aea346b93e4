import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { defaultLimits } from '../limits.ts'
import { parsePattern } from './parse-pattern.ts'

import type { RegexNode } from './node.ts'
import type { Syntax } from './pattern-reader.ts'

/** A pattern and its tree: sets as their ranges, everything else by its name in parentheses. */
interface TreeVector {
  readonly pattern: string
  readonly go?: boolean
  readonly tree: string
  readonly names?: readonly (string | null)[]
}

const vectors: readonly TreeVector[] = JSON.parse(
  readFileSync(new URL('../../test/testdata/trees.json', import.meta.url), 'utf8'),
)

const flags = { ignoreCase: false, dotAll: false, multiline: false, ungreedy: false, extended: false }
const pcre: Syntax = { mode: 'bytes', dialect: 'pcre', dollar: 'end', limits: defaultLimits }
const go: Syntax = { mode: 'string', dialect: 'go', dollar: 'end', limits: defaultLimits }

function shown(node: RegexNode): string {
  switch (node.kind) {
    case 'empty':
      return '()'
    case 'set':
      return shownSet(node.set)
    case 'assert':
      return `<${node.assertion}>`
    case 'capture':
      return `(${node.index}: ${shown(node.node)})`
    case 'atomic':
      return `(atomic@${node.offset} ${shown(node.node)})`
    case 'concat':
      return `(${node.nodes.map(shown).join(' ')})`
    case 'alternate':
      return `(or ${node.nodes.map(shown).join(' ')})`
    case 'repeat':
      return `(${node.min}-${node.max === Infinity ? '' : node.max}${node.greedy ? '' : ' lazy'} ${shown(node.node)})`
  }
}

function shownSet(set: readonly number[]): string {
  const code = (one: number): string =>
    one > 0x20 && one < 0x7f && !'[]()<>'.includes(String.fromCharCode(one))
      ? String.fromCharCode(one)
      : one.toString(16).padStart(2, '0')
  const ranges: string[] = []
  for (let at = 0; at < set.length; at += 2) {
    const [low, high] = [set[at] ?? 0, set[at + 1] ?? 0]
    ranges.push(low === high ? code(low) : `${code(low)}-${code(high)}`)
  }
  return ranges.length === 1 && /^.$/.test(ranges[0] ?? '') ? (ranges[0] ?? '') : `[${ranges.join(',')}]`
}

describe('the tree of a pattern', () => {
  it.each(vectors)('$pattern', ({ pattern, go: isGo, tree, names }) => {
    const parsed = parsePattern(pattern, isGo === true ? go : pcre, flags)
    expect(shown(parsed.node)).toBe(tree)
    expect(parsed.atomic).toBe(tree.includes('atomic@'))
    if (names !== undefined) expect(parsed.groupNames.map((name) => name ?? null)).toEqual(names)
  })

  it('shares the nodes of the same byte between patterns', () => {
    const [one, two] = ['abca', 'bcd'].map((pattern) => parsePattern(pattern, pcre, flags).node)
    if (one?.kind !== 'concat' || two?.kind !== 'concat') throw new Error('sequences')
    expect(one.nodes[0]).toBe(one.nodes[3])
    expect(one.nodes[1]).toBe(two.nodes[0])
  })
})
