import { negateSet } from '../charset/char-set.ts'
import { verticalSpace } from '../charset/named-classes.ts'
import { RegexError } from '../error.ts'
import { concatNodes, emptyNode, type Assertion, type RegexNode } from './node.ts'
import { foldSet, parseClass, takeQuote } from './parse-class.ts'
import { parseEscape } from './parse-escape.ts'
import { parseGroupStart } from './parse-group.ts'
import { atRepeat, parseRepeat } from './parse-repeat.ts'
import {
  peekCode,
  syntaxError,
  takeCode,
  takeText,
  unsupported,
  type Flags,
  type PatternReader,
  type Syntax,
} from './pattern-reader.ts'

/** A parsed pattern. */
export interface ParsedPattern {
  readonly node: RegexNode
  /** Names by group number; index 0 is the whole match. */
  readonly groupNames: readonly (string | undefined)[]
  /** Whether the node holds atomic groups, which `resolveAtomic` takes out. */
  readonly atomic: boolean
}

/** Reads a whole pattern. Throws {@link RegexError} with the offset of what was refused. */
export function parsePattern(pattern: string, syntax: Syntax, flags: Flags): ParsedPattern {
  if (pattern.length > syntax.limits.maxPatternLength) {
    throw new RegexError(
      'REGEX_LIMIT',
      `longer than maxPatternLength (${String(syntax.limits.maxPatternLength)})`,
      { offset: 0 },
    )
  }
  const maxCode = syntax.mode === 'bytes' ? 0xff : 0x10ffff
  const reader: PatternReader = {
    pattern,
    syntax,
    maxCode,
    at: 0,
    flags,
    depth: 0,
    quoting: false,
    atomic: false,
    groupNames: [undefined],
    literals: new Map(),
  }
  const node = parseAlternation(reader)
  if (reader.at < pattern.length)
    throw syntaxError('an unmatched )', reader.at, 'write \\) for a parenthesis')
  return { node, groupNames: reader.groupNames, atomic: reader.atomic }
}

/** Reads branches up to `)` or the end. Flags set inside hold to the end of the enclosing group, over branches. */
function parseAlternation(reader: PatternReader): RegexNode {
  const branches: RegexNode[] = [parseBranch(reader)]
  while (takeText(reader, '|')) branches.push(parseBranch(reader))
  return branches.length === 1 ? (branches[0] ?? emptyNode) : { kind: 'alternate', nodes: branches }
}

function parseBranch(reader: PatternReader): RegexNode {
  const nodes: RegexNode[] = []
  while (reader.at < reader.pattern.length) {
    if (takeQuote(reader) || skipExtended(reader)) continue
    if (!reader.quoting) {
      const code = peekCode(reader)
      if (code === 0x7c || code === 0x29) break
      if (atRepeat(reader))
        throw syntaxError('a quantifier has nothing to repeat', reader.at, 'escape it with a backslash')
    }
    const atom = parseAtom(reader)
    if (atom === undefined) continue
    closeEmptyQuote(reader)
    nodes.push(reader.quoting ? atom : parseRepeat(reader, atom))
  }
  return concatNodes(nodes)
}

/**
 * `\Qab\E*` repeats the b: the end of a quotation, an empty one, and comments of PCRE may stand between an atom and its
 * quantifier.
 */
function closeEmptyQuote(reader: PatternReader): void {
  if (reader.quoting && takeText(reader, '\\E')) reader.quoting = false
  while (!reader.quoting && (skipExtended(reader) || skipNothing(reader)));
}

function skipNothing(reader: PatternReader): boolean {
  if (reader.syntax.dialect !== 'pcre') return false
  if (takeText(reader, '\\Q\\E') || takeText(reader, '\\E')) return true
  const comment = /^\(\?#[^)]*\)/.exec(reader.pattern.slice(reader.at))
  if (comment === null) return false
  reader.at += comment[0].length
  return true
}

function skipExtended(reader: PatternReader): boolean {
  if (!reader.flags.extended || reader.quoting) return false
  const match = /^(?:[\t-\r ]+|#[^\n]*(?:\n|$))/.exec(reader.pattern.slice(reader.at))
  if (match === null) return false
  reader.at += match[0].length
  return true
}

/** One atom; undefined for things that match nothing by themselves, such as `(?i)`. */
function parseAtom(reader: PatternReader): RegexNode | undefined {
  const offset = reader.at
  const code = takeCode(reader)
  if (reader.quoting) return literal(reader, code)
  switch (code) {
    case 0x28:
      return parseGroup(reader, offset)
    case 0x5b:
      return { kind: 'set', set: parseClass(reader) }
    case 0x2e:
      return { kind: 'set', set: negateSet(reader.flags.dotAll ? [] : [0x0a, 0x0a], reader.maxCode) }
    case 0x5e:
      return assertion(reader.flags.multiline ? 'line-start' : 'text-start')
    case 0x24:
      return assertion(dollarAssertion(reader))
    case 0x5c:
      return parseBackslash(reader, offset)
    default:
      return literal(reader, code)
  }
}

function dollarAssertion(reader: PatternReader): Assertion {
  if (reader.flags.multiline) return 'line-end'
  return reader.syntax.dollar === 'end' ? 'text-end' : 'final-end'
}

function parseGroup(reader: PatternReader, offset: number): RegexNode | undefined {
  const outer = reader.flags
  const start = parseGroupStart(reader)
  if (start.kind === 'flags' || start.kind === 'comment') return undefined
  reader.depth += 1
  if (reader.depth > reader.syntax.limits.maxNesting) {
    throw new RegexError(
      'REGEX_LIMIT',
      `nested deeper than maxNesting (${String(reader.syntax.limits.maxNesting)})`,
      { offset },
    )
  }
  const inner = parseAlternation(reader)
  if (!takeText(reader, ')'))
    throw syntaxError('a group is not closed', offset, 'add ), or write \\( for a parenthesis')
  reader.depth -= 1
  reader.flags = outer
  if (start.kind === 'capture') return { kind: 'capture', index: start.index, node: inner }
  if (start.kind !== 'atomic') return inner
  reader.atomic = true
  return { kind: 'atomic', node: inner, offset }
}

function parseBackslash(reader: PatternReader, offset: number): RegexNode | undefined {
  const letter = String.fromCodePoint(Math.max(0, peekCode(reader)))
  const pcre = reader.syntax.dialect === 'pcre'
  const zeroWidth = zeroWidthEscape(letter, pcre)
  if (zeroWidth !== undefined) {
    reader.at += 1
    return assertion(zeroWidth)
  }
  if (pcre && letter === 'R') {
    reader.at += 1
    return lineBreak(reader, offset)
  }
  if (pcre && letter === 'N' && !namesCharacter(reader)) {
    reader.at += 1
    return { kind: 'set', set: negateSet([0x0a, 0x0a], reader.maxCode) }
  }
  if (isBackreference(reader, pcre)) {
    throw unsupported(
      `backreference \\${letter}`,
      offset,
      'a linear-time engine has none; write the text out',
    )
  }
  if ('gk'.includes(letter))
    throw unsupported('backreference', offset, 'a linear-time engine has none; write the text out')
  if ('GKXCB'.includes(letter)) throw unsupported(`\\${letter}`, offset)
  const escape = parseEscape(reader)
  return escape.kind === 'code' ? literal(reader, escape.code) : { kind: 'set', set: escape.set }
}

/** `\N{…}` names a character, unless what is in the braces is a count (pcre2pattern, "Non-printing characters"). */
function namesCharacter(reader: PatternReader): boolean {
  return /^N\{(?!\d+(?:,\d*)?\})/.test(reader.pattern.slice(reader.at, reader.at + 24))
}

/** Digits after a backslash that are no octal code (pcre2pattern, "Non-printing characters"; RE2 syntax). */
function isBackreference(reader: PatternReader, pcre: boolean): boolean {
  const first = peekCode(reader)
  if (first < 0x31 || first > 0x39) return false
  const digits = /^[1-9][0-9]*/.exec(reader.pattern.slice(reader.at, reader.at + 8))?.[0]
  if (digits === undefined) return false
  if (!/^[1-7][0-7]/.test(digits)) return true
  return pcre && Number(digits) < reader.groupNames.length
}

function zeroWidthEscape(letter: string, pcre: boolean): Assertion | undefined {
  if (letter === 'A') return 'text-start'
  if (letter === 'z') return 'text-end'
  if (letter === 'Z' && pcre) return 'final-end'
  if (letter === 'b') return 'word'
  return letter === 'B' ? 'not-word' : undefined
}

/** `\R`: CR LF taken together, or one vertical space (pcre2pattern, "Newline sequences"). */
function lineBreak(reader: PatternReader, offset: number): RegexNode {
  const pair = concatNodes([single(0x0d), single(0x0a)])
  const one: RegexNode = { kind: 'set', set: verticalSpace(reader.maxCode) }
  reader.atomic = true
  return { kind: 'atomic', node: { kind: 'alternate', nodes: [pair, one] }, offset }
}

/** Nodes of single bytes, by byte and case, shared by all patterns: what is known of a set is then worked out once. */
const byteNodes: (RegexNode | undefined)[] = []

function literal(reader: PatternReader, code: number): RegexNode {
  if (reader.syntax.mode === 'bytes') {
    const key = reader.flags.ignoreCase ? 256 + code : code
    return (byteNodes[key] ??= { kind: 'set', set: foldSet(reader, [code, code]) })
  }
  const key = reader.flags.ignoreCase ? -1 - code : code
  const known = reader.literals.get(key)
  if (known !== undefined) return known
  const node: RegexNode = { kind: 'set', set: foldSet(reader, [code, code]) }
  reader.literals.set(key, node)
  return node
}

function single(code: number): RegexNode {
  return { kind: 'set', set: [code, code] }
}

function assertion(kind: Assertion): RegexNode {
  return { kind: 'assert', assertion: kind }
}
