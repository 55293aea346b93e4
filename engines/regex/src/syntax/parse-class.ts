import { foldAscii, foldUnicode } from '../charset/fold.ts'
import { negateSet, normalizeSet, type CharSet } from '../charset/char-set.ts'
import { posixClasses } from '../charset/named-classes.ts'
import { parseEscape } from './parse-escape.ts'
import { peekCode, syntaxError, takeCode, takeText, type PatternReader } from './pattern-reader.ts'

import type { Escape } from './parse-escape.ts'

const rightBracket = 0x5d
const backslash = 0x5c

/** Reads a bracket class; the cursor stands after `[`. A `]` in first place is a member in both dialects. */
export function parseClass(reader: PatternReader): CharSet {
  const offset = reader.at - 1
  const negated = takeText(reader, '^')
  const pairs: number[] = []
  let first = true
  while (reader.quoting || first || peekCode(reader) !== rightBracket) {
    const item = parseItem(reader, offset)
    first = false
    if (item !== undefined) addItem(reader, pairs, item)
  }
  reader.at += 1
  const set = foldSet(reader, normalizeSet(pairs))
  return negated ? negateSet(set, reader.maxCode) : set
}

/** Applies the case flag in force, by the folding of the mode. */
export function foldSet(reader: PatternReader, set: CharSet): CharSet {
  if (!reader.flags.ignoreCase) return set
  return reader.syntax.mode === 'bytes' ? foldAscii(set) : foldUnicode(set)
}

function addItem(reader: PatternReader, pairs: number[], item: Escape): void {
  if (item.kind === 'set') {
    pairs.push(...item.set)
    return
  }
  const high = parseRangeEnd(reader, item.code)
  if (high === undefined) pairs.push(item.code, item.code)
  else pairs.push(item.code, high)
}

/** One member: a class, a code, or undefined for an empty `\Q\E`. */
function parseItem(reader: PatternReader, offset: number): Escape | undefined {
  if (takeQuote(reader)) return undefined
  if (peekCode(reader) < 0)
    throw syntaxError('a bracket class is not closed', offset, 'add ], or write \\[ for a bracket')
  if (reader.quoting) return { kind: 'code', code: takeCode(reader) }
  const posix = parsePosix(reader)
  if (posix !== undefined) return { kind: 'set', set: posix }
  if (peekCode(reader) !== backslash) return { kind: 'code', code: takeCode(reader) }
  reader.at += 1
  if (reader.syntax.dialect === 'pcre' && takeText(reader, 'b')) return { kind: 'code', code: 0x08 }
  return parseEscape(reader)
}

/** Enters or leaves `\Q…\E`; false when the cursor stands at neither. */
export function takeQuote(reader: PatternReader): boolean {
  if (reader.pattern.charCodeAt(reader.at) !== backslash) return false
  if (!reader.quoting && takeText(reader, '\\Q')) reader.quoting = true
  else if (reader.quoting && takeText(reader, '\\E')) reader.quoting = false
  else if (reader.syntax.dialect === 'pcre' && !reader.quoting && takeText(reader, '\\E')) return true
  else return false
  return true
}

function parsePosix(reader: PatternReader): CharSet | undefined {
  if (reader.pattern.charCodeAt(reader.at) !== 0x5b) return undefined
  const match = /^\[:(\^?)([a-z]+):\]/.exec(reader.pattern.slice(reader.at, reader.at + 16))
  if (match === null) return undefined
  const set = posixClasses.get(match[2] ?? '')
  if (set === undefined) throw syntaxError(`unknown POSIX class [:${match[2] ?? ''}:]`, reader.at)
  reader.at += match[0].length
  // Folding comes before the complement, so that [[:^lower:]] without case means "no letter".
  return match[1] === '^' ? negateSet(foldSet(reader, set), reader.maxCode) : set
}

/** The upper end when `-x` follows; undefined when the hyphen is a member of its own. */
function parseRangeEnd(reader: PatternReader, low: number): number | undefined {
  if (reader.quoting || peekCode(reader) !== 0x2d) return undefined
  const next = peekCode(reader, 1)
  if (next === rightBracket || next < 0) return undefined
  const hyphen = reader.at
  reader.at += 1
  const item = parseItem(reader, hyphen)
  if (item?.kind === 'code') {
    if (item.code >= low) return item.code
    throw syntaxError('a range of a bracket class ends below its start', hyphen)
  }
  if (reader.syntax.dialect === 'go') throw syntaxError('a range of a bracket class has no end', hyphen)
  // PCRE: a hyphen before a class such as \d is a member.
  reader.at = hyphen
  return undefined
}
