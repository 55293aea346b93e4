import { SQL, sqlCallKind, sqlWordKind } from './sql-words.ts'

// Words that start a clause, a condition or a statement: only they change a query by themselves.
const WORDS: ReadonlySet<string> = new Set(
  (
    'or xor and having where union except intersect minus select insert update delete drop create alter truncate ' +
    'exec execute declare waitfor shutdown begin goto use grant revoke call load merge backup restore handler print ' +
    'vacuum prepare lock rename copy attach pragma reconfigure do case order group limit offset fetch into procedure from if set values'
  ).split(' '),
)

// For the letters a to z: a bit for each length that a word with this first letter has.
const lengths = new Uint32Array(26)
for (const word of WORDS) {
  const letter = word.charCodeAt(0) - 97
  lengths[letter] = (lengths[letter] ?? 0) | (1 << word.length)
}

function isLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isTriggerWord(input: string, start: number, end: number): boolean {
  const letter = (input.charCodeAt(start) | 32) - 97
  const size = end - start
  if (size < 32 && ((lengths[letter] ?? 0) & (1 << size)) !== 0)
    if (WORDS.has(input.slice(start, end).toLowerCase())) return true
  // Oracle's number suffix: 1DUNION.
  return (
    (letter === 3 || letter === 5) &&
    size > 2 &&
    size < 12 &&
    WORDS.has(input.slice(start + 1, end).toLowerCase())
  )
}

/** `0xunion`, `0b1union`: the number ends where its digits do, and a word begins inside the run of letters. */
function hidesWord(input: string, start: number, end: number): boolean {
  const letter = input.charCodeAt(start) | 32
  if (input.charCodeAt(start - 1) !== 48 || (letter !== 120 && letter !== 98)) return false
  for (let at = start + 1; at < end - 1; at++) {
    if (WORDS.has(input.slice(at, end).toLowerCase())) return true
  }
  return false
}

function isTriggerSign(code: number, next: number): boolean {
  if (code === 35) return true // #
  if (code === 45 || code === 38 || code === 124) return next === code // -- && ||
  return code === 47 && next === 42 // comment
}

/**
 * Tells whether a value that stands bare in a query could change it at all: it needs a comment, a
 * logic sign, a call, or a word that starts a clause, a condition or a statement. Hot: runs over
 * every value of a request.
 */
export function mayChangeQuery(input: string): boolean {
  let wordEnd = -1
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (isLetter(code)) {
      const start = i
      while (i < input.length && isLetter(input.charCodeAt(i))) i++
      const next = input.charCodeAt(i)
      if (
        !isDigit(next) &&
        next !== 95 &&
        input.charCodeAt(start - 1) !== 95 &&
        (isTriggerWord(input, start, i) || hidesWord(input, start, i))
      )
        return true
      wordEnd = i
      i--
    } else if (isDigit(code) || code === 95) {
      if (wordEnd === i) wordEnd = i + 1
    } else if (code <= 32 || code === 0xa0) {
      if (wordEnd === i) wordEnd = i + 1
    } else if (code === 40) {
      if (wordEnd === i) return true
    } else if (isTriggerSign(code, input.charCodeAt(i + 1))) return true
  }
  return false
}

const JOINS = /union|select|except|intersect|minus/i
const WORD_BEHIND = /[\s\xa0]*(?:([a-z_]\w*)|\d)/iy

/**
 * A plain word or a number right behind the first closed string ("can't", "5' 6") leaves nothing
 * that a query could go on with: true when that is so, without reading the value.
 */
export function isWordBehindQuote(input: string, quote: string): boolean {
  const at = input.indexOf(quote)
  if (input[at - 1] === '\\' || input[at + 1] === quote) return false
  // A string may be a column with an alias, and a second query still follow it.
  if (JOINS.test(input)) return false
  WORD_BEHIND.lastIndex = at + 1
  const found = WORD_BEHIND.exec(input)
  if (found === null) return false
  const word = found[1]?.toUpperCase()
  if (word === undefined) return !isLetter(input.charCodeAt(WORD_BEHIND.lastIndex))
  return sqlWordKind(word) === SQL.name && sqlCallKind(word) === 0 && word !== 'LOCK'
}
