import { RegexError } from '../error.ts'
import { syntaxError, takeText, type PatternReader } from './pattern-reader.ts'

import type { RegexNode } from './node.ts'

interface Count {
  readonly min: number
  readonly max: number
}

/** Wraps `node` in the quantifier at the cursor, if there is one. */
export function parseRepeat(reader: PatternReader, node: RegexNode): RegexNode {
  const offset = reader.at
  const count = parseCount(reader)
  if (count === undefined) return node
  const lazy = takeText(reader, '?')
  const possessive = !lazy && reader.syntax.dialect === 'pcre' && takeText(reader, '+')
  const after = reader.at
  if (parseCount(reader) !== undefined) {
    throw syntaxError('a quantifier follows a quantifier', after, 'put the first one in (?:…)')
  }
  const greedy = lazy === reader.flags.ungreedy || possessive
  const repeat: RegexNode = { kind: 'repeat', node, min: count.min, max: count.max, greedy }
  if (!possessive) return repeat
  reader.atomic = true
  return { kind: 'atomic', node: repeat, offset }
}

/** Whether a quantifier stands at the cursor (which does not move). */
export function atRepeat(reader: PatternReader): boolean {
  const before = reader.at
  const found = parseCount(reader) !== undefined
  reader.at = before
  return found
}

function parseCount(reader: PatternReader): Count | undefined {
  switch (reader.pattern.charCodeAt(reader.at)) {
    case 0x2a:
      reader.at += 1
      return { min: 0, max: Infinity }
    case 0x2b:
      reader.at += 1
      return { min: 1, max: Infinity }
    case 0x3f:
      reader.at += 1
      return { min: 0, max: 1 }
    case 0x7b:
      return parseBraces(reader)
    default:
      return undefined
  }
}

function parseBraces(reader: PatternReader): Count | undefined {
  // Anything else after { is a literal brace in both dialects.
  const match = /^\{([0-9]{1,9})(,?)([0-9]{0,9})\}/.exec(reader.pattern.slice(reader.at, reader.at + 24))
  if (match === null || (match[2] === '' && match[3] !== '')) return undefined
  const min = Number(match[1])
  const max = match[2] === '' ? min : match[3] === '' ? Infinity : Number(match[3])
  if (max < min) throw syntaxError('a quantifier ends below its start', reader.at)
  const largest = reader.syntax.limits.maxRepeat
  if (min > largest || (max !== Infinity && max > largest)) {
    throw new RegexError('REGEX_LIMIT', `a quantifier is above maxRepeat (${String(largest)})`, {
      offset: reader.at,
    })
  }
  reader.at += match[0].length
  return { min, max }
}
