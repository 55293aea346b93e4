/** One word of a directive: its text without quotes, and where the text starts in the logical line. */
export interface Word {
  /** The quote that opens it is never closed: the rest of the line was taken. */
  readonly open: boolean
  readonly text: string
  readonly offset: number
  readonly quoted: boolean
}

/**
 * Splits a directive into words at white space. A word may stand in double or single quotes; inside, a backslash
 * before the same quote stands for the quote, every other backslash stays (rules are full of them).
 * A quote that is never closed takes the rest of the line, as in libmodsecurity; the reader warns.
 */
export function splitWords(text: string): Word[] {
  const words: Word[] = []
  let at = skipBlanks(text, 0)
  while (at < text.length) {
    const quote = text[at]
    if (quote === '"' || quote === "'") {
      const end = closingQuote(text, at)
      words.push({
        text: unescapeQuote(text.slice(at + 1, end), quote),
        offset: at + 1,
        quoted: true,
        open: end >= text.length,
      })
      at = skipBlanks(text, end + 1)
    } else {
      let end = at
      while (end < text.length && !isBlank(text, end)) end++
      words.push({ text: text.slice(at, end), offset: at, quoted: false, open: false })
      at = skipBlanks(text, end)
    }
  }
  return words
}

function closingQuote(text: string, start: number): number {
  const quote = text[start]
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote && !isEscaped(text, at, start)) return at
  }
  return text.length
}

// An odd run of backslashes escapes. An even run does not: `\\"` ends a word, as libmodsecurity reads it.
function isEscaped(text: string, at: number, start: number): boolean {
  let run = 0
  for (let back = at - 1; back > start && text[back] === '\\'; back--) run++
  return run % 2 === 1
}

function unescapeQuote(text: string, quote: string): string {
  return text.includes('\\') ? text.replaceAll(`\\${quote}`, quote) : text
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && isBlank(text, at)) at++
  return at
}

function isBlank(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit === 32 || (unit >= 9 && unit <= 13)
}
