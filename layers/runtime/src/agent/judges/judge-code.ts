import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { findZones } from '../inputs/zones.ts'
import { readJavaScript } from '../lexers/javascript-spans.ts'
import { kinds } from '../lexers/spans.ts'
import type { Spans } from '../lexers/spans.ts'

// A number or a plain name adds nothing that the code did not ask for.
const oneToken = /^(?:[-+]?\d+(?:\.\d+)?|[\w$]+)$/
const onlyGlue = /^[\s,;:.\w]*$/
// Calls, members by expression, assignments and arithmetic.
const doesSomething = /[()[\]=+*`]/
const longestCode = 1_048_576

/** The characters of a range that are code: neither text nor the marks around it. */
function codeIn(code: string, spans: Spans, { start, end }: { start: number; end: number }): string {
  let text = ''
  for (let i = start; i < end; i += 1) if (spans.at(i) === kinds.code) text += code[i]
  return text
}

/** Stands the range inside a comment that goes on before it and is not ended by it? */
function isInComment(code: string, spans: Spans, { start, end }: { start: number; end: number }): boolean {
  for (let i = start - 1; i < end; i += 1) if (spans.at(i) !== kinds.comment) return false
  return !code.slice(start - 1, end + 1).includes('*/')
}

/** Judges code that is about to be compiled: does any input stand in it as code and not as text? */
export function judgeCode(code: string, inputs: Iterable<string>): Finding | null {
  if (code.length > longestCode) return null
  const zones = findZones(code, inputs, { partsOfAll: true })
  if (zones.length === 0) return null
  const spans = readJavaScript(code)
  for (const { start, end, isWhole } of zones) {
    // Engines name a view's file in a comment (`//# sourceURL`), and its name is often part of the address.
    if (spans.isLiteral(start, end) || isInComment(code, spans, { start, end })) continue
    const text = code.slice(start, end)
    const isEverything = start === 0 && end === code.length
    if (isWhole ? oneToken.test(text.trim()) : onlyGlue.test(text)) continue
    // Pieces that only touch the inside of strings and comments, or the quotes around them, are text; so are a template's
    // own places, which are plain names between its texts.
    if (!isWhole && !doesSomething.test(codeIn(code, spans, { start, end }))) continue
    if (isWhole || isEverything || doesSomething.test(text)) {
      return finding('code-injection', text, 'an input is compiled as code')
    }
  }
  return null
}

/** Code that an input carries whole, for example a template's expression that ends in the Function constructor. */
export function judgeCarriedCode(code: string, inputs: Iterable<string>): Finding | null {
  // Names of parameters do nothing, wherever they also stand.
  if (code.length < 6 || !doesSomething.test(code)) return null
  for (const input of inputs) {
    if (input.length > code.length && input.includes(code))
      return finding('code-injection', code, 'an input carries the code that is compiled')
  }
  return null
}

// What code needs in order to leave the place it was put into.
const reaching =
  /\b(?:constructor|process|require|global|globalThis|import|eval|Function|child_process|mainModule|prototype)\b/
const shortestStored = 12
/** Places of one text that are looked at. */
const maxPlaces = 20

/** Templates hold their own source as a text beside what it was compiled to: one place outside of texts is enough. */
function standsAsCode(code: string, spans: Spans, text: string): boolean {
  for (let at = code.indexOf(text), places = 0; at >= 0 && places < maxPlaces; places += 1) {
    if (!spans.isLiteral(at, at + text.length)) return true
    at = code.indexOf(text, at + 1)
  }
  return false
}

/** Code that an earlier request brought and that was kept somewhere in between: only what reaches out of its place. */
export function judgeStoredCode(code: string, stored: Iterable<string>): Finding | null {
  if (code.length < shortestStored || !reaching.test(code)) return null
  let spans: Spans | undefined
  for (const text of stored) {
    if (text.length < shortestStored || !reaching.test(text)) continue
    const at = code.indexOf(text)
    if (at < 0 ? !text.includes(code) : !standsAsCode(code, (spans ??= readJavaScript(code)), text)) continue
    return finding('code-injection', text, 'code of an earlier request is compiled')
  }
  return null
}
