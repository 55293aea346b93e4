import { RegexError } from '../error.ts'

import type { RegexLimits } from '../limits.ts'
import type { RegexNode } from './node.ts'

/** Inline flags in force at a place of the pattern. */
export interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly multiline: boolean
  /** `U`: greedy and lazy change places. */
  readonly ungreedy: boolean
  /** `x` of PCRE: white space and `#` comments are no part of the pattern. */
  readonly extended: boolean
}

/** What does not change while a pattern is read. */
export interface Syntax {
  readonly mode: 'bytes' | 'string'
  readonly dialect: 'pcre' | 'go'
  readonly dollar: 'end' | 'final-newline'
  readonly limits: RegexLimits
}

/** The cursor of one parse. */
export interface PatternReader {
  readonly pattern: string
  readonly syntax: Syntax
  /** Largest code point of an input: 0xFF or 0x10FFFF. */
  readonly maxCode: number
  at: number
  flags: Flags
  depth: number
  /** Inside `\Q…\E`: every character is itself. */
  quoting: boolean
  /** Whether an atomic group or a possessive quantifier was read. */
  atomic: boolean
  readonly groupNames: (string | undefined)[]
  /** Nodes of single characters, shared: large patterns repeat the same few thousands of times. */
  readonly literals: Map<number, RegexNode>
}

/** The code point at the cursor plus `ahead` UTF-16 units; -1 at the end. */
export function peekCode(reader: PatternReader, ahead = 0): number {
  return reader.pattern.codePointAt(reader.at + ahead) ?? -1
}

/** Moves over `text` when the cursor stands before it. */
export function takeText(reader: PatternReader, text: string): boolean {
  if (!reader.pattern.startsWith(text, reader.at)) return false
  reader.at += text.length
  return true
}

/** Reads one code point as a literal of the mode; a code above 0xFF has no meaning in bytes mode. */
export function takeCode(reader: PatternReader): number {
  const code = peekCode(reader)
  if (code > reader.maxCode) {
    throw new RegexError('REGEX_SYNTAX', 'a bytes pattern holds a character above U+00FF', {
      offset: reader.at,
      hint: 'give the pattern as a Latin-1 string of its UTF-8 bytes',
    })
  }
  reader.at += code > 0xffff ? 2 : 1
  return code
}

/** A syntax error at an offset. */
export function syntaxError(message: string, offset: number, hint?: string): RegexError {
  return new RegexError('REGEX_SYNTAX', message, { offset, hint })
}

/** A refusal of a construct that no linear-time engine keeps. */
export function unsupported(message: string, offset: number, hint?: string): RegexError {
  return new RegexError('REGEX_UNSUPPORTED', message, { offset, hint })
}
