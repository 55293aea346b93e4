/** Longest text whose pairs are read. */
export const maxPairsLength = 1_048_576

/** What both readers put pairs into: a missing key reads as empty text. */
export class TextMap extends Map<string, string> {}

const isSpace = (unit: string | undefined): boolean => unit !== undefined && /\s/.test(unit)

/** Pairs such as `a=1 b="two words"`; undefined when there is none. One pass over the text, whatever it holds. */
export function parsePairs(text: string): TextMap | undefined {
  if (text.length > maxPairsLength) return undefined
  const pairs = new TextMap()
  // Where no closing quote is left, none is looked for again.
  let lastQuoteEnd = Infinity
  let from = 0
  for (let sign = text.indexOf('='); sign >= 0; sign = text.indexOf('=', from)) {
    const key = wordBefore(text, from, sign)
    from = sign + 1
    if (key === '') continue
    const quoteEnd = text[from] === '"' && from < lastQuoteEnd ? closingQuote(text, from) : -1
    if (text[from] === '"' && quoteEnd < 0) lastQuoteEnd = Math.min(lastQuoteEnd, from)
    if (quoteEnd >= 0) {
      const quoted = text.slice(from + 1, quoteEnd)
      pairs.set(key, quoted)
      from = quoteEnd + 1
      continue
    }
    const end = wordEnd(text, from)
    pairs.set(key, text.slice(from, end))
    from = end
  }
  return pairs.size === 0 ? undefined : pairs
}

/** The word that ends at a place, not reaching back before another. */
function wordBefore(text: string, from: number, end: number): string {
  let start = end
  while (start > from && !isSpace(text[start - 1]) && text[start - 1] !== '=') start -= 1
  return text.slice(start, end)
}

function wordEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && !isSpace(text[end]) && text[end] !== '=') end += 1
  return end
}

/** Place of the quote that closes the one at `start`; -1 for none. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text[at]
    if (unit === '\\') at += 1
    else if (unit === '"') return at
  }
  return -1
}

const isKeyUnit = (unit: string | undefined): boolean => unit !== undefined && /[a-zA-Z0-9_.-]/.test(unit)

/** Pairs whose unquoted values may hold spaces: each value runs to the next key. Undefined when there is none. */
export function parsePairsLax(text: string): TextMap | undefined {
  if (text.length > maxPairsLength) return undefined
  const starts = keysOutsideQuotes(text)
  if (starts.length === 0) return undefined
  const pairs = new TextMap()
  for (const [index, { key, value }] of starts.entries()) {
    pairs.set(key, unquoted(text.slice(value, starts[index + 1]?.at ?? text.length).trim()))
  }
  return pairs
}

interface KeyPlace {
  readonly key: string
  readonly at: number
  readonly value: number
}

function keysOutsideQuotes(text: string): readonly KeyPlace[] {
  const starts: KeyPlace[] = []
  let isQuoted = false
  let wordStart = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]
    if (unit === '\\') at += 1
    else if (unit === '"') isQuoted = !isQuoted
    if (unit === '=' && !isQuoted) {
      // A key begins with a letter or an underscore, as far back as its characters reach.
      let start = wordStart
      while (start < at && !/[a-zA-Z_]/.test(text[start] ?? '')) start += 1
      if (start < at) starts.push({ key: text.slice(start, at), at: start, value: at + 1 })
    }
    if (!isKeyUnit(unit)) wordStart = at + 1
  }
  return starts
}

function unquoted(value: string): string {
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"')
  return isQuoted ? value.slice(1, -1).replaceAll('\\"', '"') : value
}
