import { allSignKinds, signKinds } from './sign-kinds.ts'

/**
 * For each transformation, which bytes a value must hold for the transformation to change it (letters in another case
 * do not count as a change: literals are looked for without case). A value without them needs no second look.
 */

/** Flag of "always": the result has nothing to do with single bytes. */
export const alwaysTrigger: number = 1 << 22

const percentOrPlus = 1
const ampersand = 2
const backslash = 4
const nul = 8
const high = 16
const blank = 32
const commandMark = 64
const star = 128
const commentMark = 256
const dotOrSlash = 512
const upper = 1024

const byName: Readonly<Record<string, number>> = {
  cmdline: commandMark,
  compresswhitespace: blank,
  cssdecode: backslash,
  escapeseqdecode: backslash,
  htmlentitydecode: ampersand,
  jsdecode: backslash,
  lowercase: upper,
  none: 0,
  normalisepath: dotOrSlash,
  normalisepathwin: dotOrSlash | backslash,
  normalizepath: dotOrSlash,
  normalizepathwin: dotOrSlash | backslash,
  removecomments: commentMark,
  removecommentschar: commentMark,
  removenulls: nul,
  removewhitespace: blank,
  replacecomments: star,
  replacenulls: nul,
  trim: blank,
  trimleft: blank,
  trimright: blank,
  uppercase: 0,
  urldecode: percentOrPlus,
  urldecodeuni: percentOrPlus,
  utf8tounicode: high | nul,
}

/** Trigger flags of a transformation by name. */
export function triggerOf(name: string): number {
  const lower = name.toLowerCase()
  return (Object.hasOwn(byName, lower) ? byName[lower] : undefined) ?? alwaysTrigger
}

/** Trigger flags of a transformation where letters in another case do count as a change. */
export function exactTriggerOf(name: string): number {
  const lower = name.toLowerCase()
  // Bytes that the command line transformation and upper case change include letters.
  if (lower === 'uppercase') return alwaysTrigger
  return lower === 'cmdline' ? triggerOf(name) | upper : triggerOf(name)
}

/** Flags of values into which a transformation may bring signs (sign-kinds.ts) that they do not hold; 0 for none. */
export function bringsInOf(name: string): number {
  const lower = name.toLowerCase()
  // Of backslashes these make slashes, of other bytes nothing.
  if (lower === 'normalisepathwin' || lower === 'normalizepathwin') return backslash
  return bringsInNothing.has(lower) ? 0 : triggerOf(name)
}

/** Results of these hold no bytes but those of the value, blanks, and letters in the other case. */
const bringsInNothing: ReadonlySet<string> = new Set([
  'cmdline',
  'compresswhitespace',
  'lowercase',
  'none',
  'normalisepath',
  'normalizepath',
  'removecomments',
  'removecommentschar',
  'removenulls',
  'removewhitespace',
  'replacecomments',
  'replacenulls',
  'trim',
  'trimleft',
  'trimright',
  'uppercase',
])

const caseBlind: ReadonlySet<string> = new Set([
  'cmdline',
  'compresswhitespace',
  'lowercase',
  'none',
  'normalisepath',
  'normalisepathwin',
  'normalizepath',
  'normalizepathwin',
  'removecomments',
  'removecommentschar',
  'removenulls',
  'removewhitespace',
  'replacecomments',
  'replacenulls',
  'trim',
  'trimleft',
  'trimright',
  'uppercase',
  'urldecode',
  'urldecodeuni',
])

/** True when the result differs in case only, for inputs that differ in case only. */
export function ignoresCase(name: string): boolean {
  return caseBlind.has(name.toLowerCase())
}

/** True for transformations that change nothing but case. */
export function changesOnlyCase(name: string): boolean {
  const lower = name.toLowerCase()
  return lower === 'lowercase' || lower === 'uppercase' || lower === 'none'
}

const sets: readonly (readonly [flag: number, bytes: string])[] = [
  [percentOrPlus, '%+'],
  [ampersand, '&'],
  [backslash, '\\'],
  [nul, '\0'],
  [blank, ' \t\n\v\f\r\xa0\x85'],
  [commandMark, '\\"\'^,;/( \t\n\v\f\r'],
  [star, '*'],
  [commentMark, '*-#<>/'],
  [dotOrSlash, './'],
]

/** Trigger flags and kinds of signs of each byte. */
export function triggerTable(): Int32Array {
  const table = new Int32Array(256)
  for (const [flag, bytes] of [...sets, ...signKinds]) {
    for (let at = 0; at < bytes.length; at++) {
      const unit = bytes.charCodeAt(at)
      table[unit] = (table[unit] ?? 0) | flag
    }
  }
  for (let unit = 128; unit < 256; unit++) table[unit] = (table[unit] ?? 0) | high
  for (let unit = 65; unit <= 90; unit++) table[unit] = (table[unit] ?? 0) | upper
  return table
}

/** Trigger flags of a long text: exact for the rare bytes that are searched for fast, all others taken for granted. */
export function longTextTriggers(text: string): number {
  let flags = high | blank | commandMark | star | commentMark | dotOrSlash | upper | allSignKinds
  if (text.includes('%') || text.includes('+')) flags |= percentOrPlus
  if (text.includes('&')) flags |= ampersand
  if (text.includes('\\')) flags |= backslash
  if (text.includes('\0')) flags |= nul
  return flags
}
