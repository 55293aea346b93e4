import { normalizeSet, type CharSet } from './char-set.ts'

/** `[0-9]`. */
export const digits: CharSet = [0x30, 0x39]
/** `[0-9A-Za-z_]`: the word characters of `\w` and `\b` in both dialects. */
export const wordChars: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a]
/** `\s` of PCRE (since 8.34): tab, line feed, vertical tab, form feed, carriage return, space. */
export const pcreSpace: CharSet = [0x09, 0x0d, 0x20, 0x20]
/** `\s` of Go and RE2: no vertical tab. */
export const goSpace: CharSet = [0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x20]

const wideHorizontal = [
  0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000,
]

/** `\h` of PCRE (pcre2pattern, "Generic character types"). */
export function horizontalSpace(max: number): CharSet {
  const narrow = [0x09, 0x09, 0x20, 0x20, 0xa0, 0xa0]
  return normalizeSet(max > 0xff ? [...narrow, ...wideHorizontal] : narrow)
}

/** `\v` of PCRE, and the single characters of `\R`. */
export function verticalSpace(max: number): CharSet {
  const narrow = [0x0a, 0x0d, 0x85, 0x85]
  return normalizeSet(max > 0xff ? [...narrow, 0x2028, 0x2029] : narrow)
}

/** POSIX bracket classes in the C locale, by the name between `[:` and `:]`. */
export const posixClasses: ReadonlyMap<string, CharSet> = new Map<string, CharSet>([
  ['alnum', [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a]],
  ['alpha', [0x41, 0x5a, 0x61, 0x7a]],
  ['ascii', [0x00, 0x7f]],
  ['blank', [0x09, 0x09, 0x20, 0x20]],
  ['cntrl', [0x00, 0x1f, 0x7f, 0x7f]],
  ['digit', digits],
  ['graph', [0x21, 0x7e]],
  ['lower', [0x61, 0x7a]],
  ['print', [0x20, 0x7e]],
  ['punct', [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e]],
  ['space', pcreSpace],
  ['upper', [0x41, 0x5a]],
  ['word', wordChars],
  ['xdigit', [0x30, 0x39, 0x41, 0x46, 0x61, 0x66]],
])
