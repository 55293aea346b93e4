import type { CharSet } from '../src/charset/char-set.ts'
import type { Assertion, RegexNode } from '../src/syntax/node.ts'

const assertionSources: Readonly<Record<Assertion, string>> = {
  'text-start': '\\A',
  'text-end': '\\z',
  // No counterpart in RE2: callers leave such patterns out.
  'final-end': '\\z',
  'line-start': '(?m:^)',
  'line-end': '(?m:$)',
  word: '\\b',
  'not-word': '\\B',
}

/** A parsed pattern in the words of RE2, for comparison with re2js. All sets are written out, so only matching is compared. */
export function re2Source(node: RegexNode): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)'
    case 'set':
      return setSource(node.set)
    case 'assert':
      return assertionSources[node.assertion]
    case 'capture':
      return `(${re2Source(node.node)})`
    case 'atomic':
      return re2Source(node.node)
    case 'concat':
      return node.nodes.map((part) => `(?:${re2Source(part)})`).join('')
    case 'alternate':
      return `(?:${node.nodes.map(re2Source).join('|')})`
    case 'repeat':
      return `(?:${re2Source(node.node)})${quantifier(node.min, node.max)}${node.greedy ? '' : '?'}`
  }
}

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${String(min)},}`
  if (min === 0 && max === 1) return '?'
  return `{${String(min)},${String(max)}}`
}

function setSource(set: CharSet): string {
  if (set.length === 0) return '[^\\x{0}-\\x{10FFFF}]'
  let out = ''
  for (let i = 0; i < set.length; i += 2)
    out += `\\x{${(set[i] ?? 0).toString(16)}}-\\x{${(set[i + 1] ?? 0).toString(16)}}`
  return `[${out}]`
}
