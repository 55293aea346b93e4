import { readJavaScript } from '../lexers/javascript-spans.ts'
import { kinds } from '../lexers/spans.ts'
import type { Spans } from '../lexers/spans.ts'
import { evalGateName } from './code.ts'

/** Longest source that is rewritten. */
export const maxRewrittenSource = 4_194_304

const call = /eval\s*\(/g
// Before it: another word or a method. Asked of the few that are found; a pattern that looks back first is searched slowly.
const wordBefore = /[\w$.#]$/
const definition = /(?:\bfunction|\bget|\bset|\basync|\*)\s*$/

/** Position of the parenthesis that closes the one before `start`; -1 when there is none. */
function closingOf(source: string, spans: Spans, start: number): number {
  let depth = 1
  for (let i = start; i < source.length; i += 1) {
    if (spans.at(i) !== kinds.code) continue
    if (source[i] === '(') depth += 1
    else if (source[i] === ')') {
      depth -= 1
      if (depth === 0) return i
    }
  }
  return -1
}

/** True for `eval(x) { }` in a class or an object, and for `function eval(x)`. */
function isDefinition(source: string, at: number, close: number): boolean {
  return (
    definition.test(source.slice(Math.max(0, at - 12), at)) ||
    /^\s*\{/.test(source.slice(close + 1, close + 20))
  )
}

/**
 * Rewrites direct calls `eval(x)` to `eval(gate(x))`. Comments, strings and methods called eval stay as they are; line
 * numbers do not move. Gives the source itself when there is nothing to rewrite.
 */
export function rewriteEval(source: string): string {
  if (source.length > maxRewrittenSource) return source
  const found = [...source.matchAll(call)].filter(
    ({ index }) => !wordBefore.test(source.slice(Math.max(0, index - 1), index)),
  )
  if (found.length === 0) return source
  const spans = readJavaScript(source)
  const cuts: { readonly at: number; readonly text: string }[] = []
  for (const match of found) {
    if (spans.at(match.index) !== kinds.code) continue
    const start = match.index + match[0].length
    const close = closingOf(source, spans, start)
    if (close < 0 || source.slice(start, close).trim() === '') continue
    if (isDefinition(source, match.index, close)) continue
    cuts.push({ at: start, text: `${evalGateName}(` }, { at: close, text: ')' })
  }
  let result = ''
  let from = 0
  for (const { at, text } of cuts.toSorted((a, b) => a.at - b.at)) {
    result += source.slice(from, at) + text
    from = at
  }
  return result + source.slice(from)
}
