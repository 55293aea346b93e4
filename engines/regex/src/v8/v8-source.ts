import { isNullable } from '../syntax/first-of.ts'

import type { CharSet } from '../charset/char-set.ts'
import type { Assertion, RegexNode } from '../syntax/node.ts'

/** A pattern in the words of V8, with the flags it needs. */
export interface V8Source {
  readonly source: string
  /** `u` for code points, or none: case, dots and lines are already written out. */
  readonly flags: 'u' | ''
}

/**
 * Assertions written for V8 without the `m` and `i` flags: JavaScript's own multiline also breaks lines at CR, U+2028
 * and U+2029. Each looks at most two characters around, so none changes the complexity.
 */
const assertionSources: Readonly<Record<Assertion, string>> = {
  'text-start': '^',
  'text-end': '$',
  'final-end': '(?=\\n?$)',
  'line-start': '(?<![^\\n])',
  'line-end': '(?![^\\n])',
  word: '\\b',
  'not-word': '\\B',
}

/**
 * Translates a pattern to V8 so that it finds the same match and the same captures. Undefined when V8 has no exact
 * counterpart: an iteration that may be empty (JavaScript rejects it, PCRE and Go accept it once), and a capture that
 * not every iteration sets (JavaScript forgets it, PCRE and Go keep it).
 */
export function v8Source(node: RegexNode, wide: boolean): V8Source | undefined {
  return isExact(node) ? { source: sourceOf(node, wide), flags: wide ? 'u' : '' } : undefined
}

function isExact(node: RegexNode): boolean {
  switch (node.kind) {
    case 'empty':
    case 'set':
    case 'assert':
      return true
    case 'capture':
      return isExact(node.node)
    case 'atomic':
      // The proof of linear time would not see the positions that V8 tries before a bar.
      return node.barred === undefined && isExact(node.node)
    case 'concat':
    case 'alternate':
      return node.nodes.every(isExact)
    case 'repeat':
      // Passes beyond the minimum are rejected when empty; those below cost time that no proof counts.
      if ((node.max > node.min || node.max > 1) && isNullable(node.node)) return false
      return (node.max <= 1 || setsAllCaptures(node.node)) && isExact(node.node)
  }
}

/** Whether every pass through a node sets all of its captures. */
function setsAllCaptures(node: RegexNode): boolean {
  switch (node.kind) {
    case 'empty':
    case 'set':
    case 'assert':
      return true
    case 'capture':
    case 'atomic':
      return setsAllCaptures(node.node)
    case 'concat':
      return node.nodes.every(setsAllCaptures)
    case 'alternate':
      return !node.nodes.some(hasCapture)
    case 'repeat':
      return node.min > 0 ? setsAllCaptures(node.node) : !hasCapture(node.node)
  }
}

function hasCapture(node: RegexNode): boolean {
  if (node.kind === 'capture') return true
  if (node.kind === 'concat' || node.kind === 'alternate') return node.nodes.some(hasCapture)
  return node.kind === 'repeat' || node.kind === 'atomic' ? hasCapture(node.node) : false
}

function sourceOf(node: RegexNode, wide: boolean): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)'
    case 'set':
      return setSource(node.set, wide)
    case 'assert':
      return assertionSources[node.assertion]
    case 'capture':
      return `(${sourceOf(node.node, wide)})`
    case 'atomic':
      return sourceOf(node.node, wide)
    case 'concat':
      return node.nodes
        .map((part) => (part.kind === 'alternate' ? `(?:${sourceOf(part, wide)})` : sourceOf(part, wide)))
        .join('')
    case 'alternate':
      return node.nodes.map((branch) => sourceOf(branch, wide)).join('|')
    case 'repeat': {
      const inner = sourceOf(node.node, wide)
      const atom = node.node.kind === 'set' || node.node.kind === 'capture' ? inner : `(?:${inner})`
      return `${atom}${quantifier(node.min, node.max)}${node.greedy ? '' : '?'}`
    }
  }
}

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${String(min)},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${String(min)}}` : `{${String(min)},${String(max)}}`
}

function setSource(set: CharSet, wide: boolean): string {
  const [low, high] = set
  if (low === undefined || high === undefined) return '[]'
  if (set.length === 2 && low === high) return codeSource(low, wide)
  if (set.length === 2 && low === 0 && high >= (wide ? 0x10ffff : 0xff)) return '[^]'
  let out = ''
  for (let i = 0; i < set.length; i += 2) {
    const from = set[i] ?? 0
    const to = set[i + 1] ?? 0
    out += from === to ? codeSource(from, wide) : `${codeSource(from, wide)}-${codeSource(to, wide)}`
  }
  return `[${out}]`
}

function codeSource(code: number, wide: boolean): string {
  const text = String.fromCodePoint(code)
  if (/[0-9A-Za-z_]/.test(text)) return text
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return wide ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
