import { RegexError } from '../error.ts'
import {
  peekCode,
  syntaxError,
  takeText,
  unsupported,
  type Flags,
  type PatternReader,
} from './pattern-reader.ts'

/** What follows an opening parenthesis. */
export type GroupStart =
  | { readonly kind: 'capture'; readonly index: number }
  | { readonly kind: 'plain' | 'atomic' | 'comment' | 'flags' | 'branch-reset' }

const plainGroup: GroupStart = { kind: 'plain' }

const flagNames: Record<string, keyof Flags> = {
  i: 'ignoreCase',
  s: 'dotAll',
  m: 'multiline',
  U: 'ungreedy',
  x: 'extended',
}

/** Reads the start of a group; the cursor stands after `(`. Flags of `(?i)` and `(?i:` are set on the reader. */
export function parseGroupStart(reader: PatternReader): GroupStart {
  const offset = reader.at - 1
  if (takeText(reader, '*')) throw unsupported('backtracking verb', offset)
  if (!takeText(reader, '?')) return newCapture(reader, undefined, offset)
  if (takeText(reader, ':')) return plainGroup
  refuseIrregular(reader, offset)
  const pcre = reader.syntax.dialect === 'pcre'
  if (pcre && takeText(reader, '>')) return { kind: 'atomic' }
  if (pcre && takeText(reader, '#')) return skipComment(reader, offset)
  const name = parseName(reader, pcre)
  if (name !== undefined) return newCapture(reader, name, offset)
  return parseFlags(reader, offset)
}

function refuseIrregular(reader: PatternReader, offset: number): void {
  const rest = reader.pattern.slice(reader.at, reader.at + 3)
  if (/^(?:=|!|<=|<!)/.test(rest)) {
    throw unsupported(
      rest.startsWith('<') ? 'lookbehind' : 'lookahead',
      offset,
      'a linear-time engine has none; split the condition into two patterns',
    )
  }
  if (/^(?:R|[0-9]|[+-][0-9]|&|P>)/.test(rest)) throw unsupported('subroutine call', offset)
  if (rest.startsWith('P='))
    throw unsupported('backreference', offset, 'a linear-time engine has none; write the text out')
  if (rest.startsWith('(')) throw unsupported('conditional group', offset)
  if (rest.startsWith('|')) throw unsupported('branch reset group', offset)
}

function parseName(reader: PatternReader, pcre: boolean): string | undefined {
  const rest = reader.pattern.slice(reader.at, reader.at + 80)
  const match =
    /^(?:P?<([A-Za-z_][0-9A-Za-z_]{0,63})>)/.exec(rest) ??
    (pcre ? /^'([A-Za-z_][0-9A-Za-z_]{0,63})'/.exec(rest) : null)
  if (match === null) {
    if (/^(?:P?<|')/.test(rest))
      throw syntaxError('malformed group name', reader.at, 'letters, digits, _; at most 64')
    return undefined
  }
  reader.at += match[0].length
  return match[1]
}

function newCapture(reader: PatternReader, name: string | undefined, offset: number): GroupStart {
  if (name !== undefined && reader.groupNames.includes(name))
    throw syntaxError(`group name ${name} is used twice`, offset)
  if (reader.groupNames.length > reader.syntax.limits.maxGroups) {
    throw new RegexError(
      'REGEX_LIMIT',
      `more than maxGroups (${String(reader.syntax.limits.maxGroups)}) groups`,
      { offset },
    )
  }
  reader.groupNames.push(name)
  return { kind: 'capture', index: reader.groupNames.length - 1 }
}

function skipComment(reader: PatternReader, offset: number): GroupStart {
  const end = reader.pattern.indexOf(')', reader.at)
  if (end < 0) throw syntaxError('a comment is not closed', offset)
  reader.at = end + 1
  return { kind: 'comment' }
}

function parseFlags(reader: PatternReader, offset: number): GroupStart {
  const pcre = reader.syntax.dialect === 'pcre'
  let flags = reader.flags
  if (pcre && takeText(reader, '^')) {
    flags = { ignoreCase: false, dotAll: false, multiline: false, ungreedy: flags.ungreedy, extended: false }
  }
  let value = true
  let seen = 0
  for (;;) {
    const letter = String.fromCodePoint(Math.max(0, peekCode(reader)))
    reader.at += 1
    if (letter === ')' || letter === ':') {
      if (!value && seen === 0) throw syntaxError('a minus without flags', offset)
      reader.flags = flags
      return { kind: letter === ')' ? 'flags' : 'plain' }
    }
    if (letter === '-' && value) {
      value = false
      seen = 0
      continue
    }
    const name = Object.hasOwn(flagNames, letter) ? flagNames[letter] : undefined
    if (name === undefined || (name === 'extended' && !pcre))
      throw syntaxError('unknown group or flag', offset)
    flags = { ...flags, [name]: value }
    seen += 1
  }
}
