import { negateSet, unionSet, type CharSet } from '../charset/char-set.ts'
import { foldUnicode } from '../charset/fold.ts'
import {
  digits,
  goSpace,
  horizontalSpace,
  pcreSpace,
  verticalSpace,
  wordChars,
} from '../charset/named-classes.ts'
import { unicodeClass } from '../charset/unicode-class.ts'
import { peekCode, syntaxError, unsupported, type PatternReader } from './pattern-reader.ts'

/** What an escape that may stand inside and outside brackets means. */
export type Escape =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'set'; readonly set: CharSet }

const controlCodes = new Map<string, number>([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
])

/** Reads the rest of an escape; the cursor stands after the backslash at a character. Offsets name the backslash. */
export function parseEscape(reader: PatternReader): Escape {
  const offset = reader.at - 1
  const code = peekCode(reader)
  if (code < 0) throw syntaxError('a backslash ends the pattern', offset, 'write \\\\ for a backslash')
  const letter = String.fromCodePoint(code)
  reader.at += letter.length
  const set = namedSet(reader, letter)
  if (set !== undefined) return { kind: 'set', set }
  if (letter === 'p' || letter === 'P') return { kind: 'set', set: parseProperty(reader, letter === 'P') }
  const control = controlCodes.get(letter)
  if (control !== undefined) return { kind: 'code', code: control }
  if (letter === 'x') return { kind: 'code', code: parseHex(reader, offset) }
  if (code >= 0x30 && code <= 0x37) return { kind: 'code', code: parseOctal(reader, offset) }
  if (reader.syntax.dialect === 'pcre') {
    const extra = parsePcreCode(reader, letter, offset)
    if (extra >= 0) return { kind: 'code', code: extra }
  } else if (letter === 'v') {
    return { kind: 'code', code: 0x0b }
  }
  if (/[0-9A-Za-z]/.test(letter) || code > 0x7f) {
    if (code > 0x7f && reader.syntax.dialect === 'pcre') return { kind: 'code', code }
    throw syntaxError(`unknown escape \\${letter}`, offset)
  }
  return { kind: 'code', code }
}

function namedSet(reader: PatternReader, letter: string): CharSet | undefined {
  const pcre = reader.syntax.dialect === 'pcre'
  // Lower-case form decides the class; upper case is its complement.
  const base = positiveSet(reader, letter.toLowerCase(), pcre)
  if (base === undefined) return undefined
  // In Unicode folding \w gains the two foreign letters that fold to s and k, and \W loses them (as Go does).
  const folded = reader.flags.ignoreCase && reader.syntax.mode === 'string' ? foldUnicode(base) : base
  return letter === letter.toLowerCase() ? folded : negateSet(folded, reader.maxCode)
}

function positiveSet(reader: PatternReader, letter: string, pcre: boolean): CharSet | undefined {
  if (letter === 'd') return digits
  if (letter === 'w') return wordChars
  if (letter === 's') return pcre ? pcreSpace : goSpace
  if (letter === 'h' && pcre) return horizontalSpace(reader.maxCode)
  if (letter === 'v' && pcre) return verticalSpace(reader.maxCode)
  return undefined
}

function parseProperty(reader: PatternReader, negated: boolean): CharSet {
  const offset = reader.at - 2
  const match = /^(?:\{(\^?)([A-Za-z_]{1,32}&?)\}|([A-Z]))/.exec(
    reader.pattern.slice(reader.at, reader.at + 40),
  )
  if (match === null) throw syntaxError('malformed \\p', offset)
  reader.at += match[0].length
  const name = match[2] ?? match[3] ?? ''
  // Over bytes a property is that of the character with the number of the byte, as in PCRE without UTF.
  const wide = reader.syntax.mode === 'string'
  const found = propertySet(name, reader.syntax.dialect === 'pcre', wide ? undefined : reader.maxCode)
  if (found === undefined) throw syntaxError(`unknown Unicode class ${name}`, offset)
  const set = wide && reader.flags.ignoreCase ? foldUnicode(found) : found
  return negated !== (match[1] === '^') ? negateSet(set, reader.maxCode) : set
}

/** Classes that only PCRE has, made of others (pcre2pattern, "PCRE2-specific properties"). */
const pcreProperties: ReadonlyMap<string, readonly string[]> = new Map([
  ['L&', ['Lu', 'Ll', 'Lt']],
  ['Xan', ['L', 'N']],
])

function propertySet(name: string, pcre: boolean, max: number | undefined): CharSet | undefined {
  const parts = pcre ? pcreProperties.get(name) : undefined
  if (parts === undefined) return unicodeClass(name, max)
  return parts.map((part) => unicodeClass(part, max) ?? []).reduce(unionSet)
}

function parseHex(reader: PatternReader, offset: number): number {
  const rest = reader.pattern.slice(reader.at, reader.at + 12)
  const braced = /^\{([0-9A-Fa-f]{1,8})\}/.exec(rest)
  const plain =
    reader.syntax.dialect === 'pcre' ? /^[0-9A-Fa-f]{0,2}/.exec(rest) : /^[0-9A-Fa-f]{2}/.exec(rest)
  const found = braced ?? plain
  if (found === null || (braced === null && rest.startsWith('{'))) throw syntaxError('malformed \\x', offset)
  reader.at += found[0].length
  return checkCode(reader, Number.parseInt(found[1] ?? `0${found[0]}`, 16), offset)
}

function parseOctal(reader: PatternReader, offset: number): number {
  const found = /^[0-7]{1,3}/.exec(reader.pattern.slice(reader.at - 1, reader.at + 2))?.[0] ?? ''
  if (!found.startsWith('0') && found.length < 2) {
    throw unsupported(`backreference \\${found}`, offset, 'a linear-time engine has none; write the text out')
  }
  reader.at += found.length - 1
  return checkCode(reader, Number.parseInt(found, 8), offset)
}

function parsePcreCode(reader: PatternReader, letter: string, offset: number): number {
  if (letter === 'e') return 0x1b
  if (letter === 'c') {
    const control = /^[\x20-\x7e]/.exec(reader.pattern.slice(reader.at))?.[0]
    if (control === undefined) throw syntaxError('malformed \\c', offset)
    reader.at += 1
    return control.toUpperCase().charCodeAt(0) ^ 0x40
  }
  if (letter !== 'o') return -1
  const octal = /^\{([0-7]{1,10})\}/.exec(reader.pattern.slice(reader.at, reader.at + 12))
  if (octal === null) throw syntaxError('malformed \\o', offset)
  reader.at += octal[0].length
  return checkCode(reader, Number.parseInt(octal[1] ?? '', 8), offset)
}

function checkCode(reader: PatternReader, code: number, offset: number): number {
  if (code <= reader.maxCode) return code
  throw syntaxError(`code ${code.toString(16)} is above the largest of this mode`, offset)
}
