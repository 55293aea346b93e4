/** Longest text whose pairs are read. */
export const maxPairsLength = 1_048_576

/** What both readers put pairs into: a missing key reads as empty text. */
export class TextMap extends Map<string, string> {}

const pair = /([^=\s]+)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^=\s]+)|\s*)/gs

/** Pairs such as `a=1 b="two words"`; undefined when there is none. */
export function parsePairs(text: string): TextMap | undefined {
  if (text.length > maxPairsLength || !text.includes('=')) return undefined
  const pairs = new TextMap()
  for (const [, key = '', quoted, plain] of text.matchAll(pair))
    pairs.set(key, (quoted === '' ? plain : (quoted ?? plain)) ?? '')
  return pairs.size === 0 ? undefined : pairs
}

const keyStart = /([a-zA-Z_][a-zA-Z0-9_.-]*)=/g

/** Pairs whose unquoted values may hold spaces: each value runs to the next key. Undefined when there is none. */
export function parsePairsLax(text: string): TextMap | undefined {
  if (text.length > maxPairsLength || !text.includes('=')) return undefined
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
  let scanned = 0
  let quoted = false
  for (const match of text.matchAll(keyStart)) {
    for (; scanned < match.index; scanned++) {
      if (text[scanned] === '\\') scanned += 1
      else if (text[scanned] === '"') quoted = !quoted
    }
    if (!quoted) starts.push({ key: match[1] ?? '', at: match.index, value: match.index + match[0].length })
  }
  return starts
}

function unquoted(value: string): string {
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"')
  return isQuoted ? value.slice(1, -1).replaceAll('\\"', '"') : value
}
