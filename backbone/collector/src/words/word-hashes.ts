const letterOrDigit = /[\p{L}\p{N}]/u

const isAsciiWord = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57)

/** True for a character that words are made of; `text` is lower case. */
export function isWordCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 128) return isAsciiWord(code)
  // A surrogate alone is looked at with its other half.
  const from = code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
  return letterOrDigit.test(String.fromCodePoint(text.codePointAt(Math.max(from, 0)) ?? 0))
}

const basis = 0x811c9dc5

/** FNV-1a (32 bits) of the words of a text in lower case, and of each two that one character parts, in order. */
export function eachWordHash(text: string, take: (hash: number) => void): void {
  let hash = basis
  let previous = 0
  let gap = 0
  let gapLength = 0
  let isInside = false
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 32
    if (at < text.length && (code < 128 ? isAsciiWord(code) : isWordCharacter(text, at))) {
      if (!isInside) hash = basis
      isInside = true
      hash = Math.imul(hash ^ code, 0x01000193)
      continue
    }
    if (isInside) {
      isInside = false
      take(hash >>> 0)
      if (gapLength === 1 && previous !== 0)
        take(Math.imul(Math.imul(previous ^ gap, 0x01000193) ^ hash, 0x85ebca6b) >>> 0)
      previous = hash
      gapLength = 0
    }
    gap = code
    gapLength += 1
  }
}

/** True where `word` stands in `text` as a word: what begins or ends with a letter or digit has none beside it. Both are lower case. */
export function hasWord(text: string, word: string): boolean {
  if (word === '') return true
  const [opens, closes] = [isWordCharacter(word, 0), isWordCharacter(word, word.length - 1)]
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length
    const isOpen = !opens || at === 0 || !isWordCharacter(text, at - 1)
    if (isOpen && (!closes || end === text.length || !isWordCharacter(text, end))) return true
  }
  return false
}

/** The same as a pattern of RE2, for the index: `text` in lower case holds the word. */
export function wordPattern(word: string): string {
  const escaped = word.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`)
  const open = word !== '' && isWordCharacter(word, 0) ? String.raw`(?:^|[^\p{L}\p{N}])` : ''
  const close = word !== '' && isWordCharacter(word, word.length - 1) ? String.raw`(?:$|[^\p{L}\p{N}])` : ''
  return `(?s)${open}${escaped}${close}`
}
