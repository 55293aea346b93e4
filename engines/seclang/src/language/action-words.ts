/** One `name:value` of an action list, with the place of its name. */
export interface ActionWord {
  /** Lower case. */
  readonly name: string
  readonly written: string
  readonly value: string | null
  readonly offset: number
}

/** Splits an action list at commas that stand outside single quotes and takes the quotes off the values. */
export function splitActions(text: string, offset: number): ActionWord[] {
  const words: ActionWord[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at <= text.length; at++) {
    const unit = text[at]
    if (unit === "'" && opensOrCloses(text, at, quoted)) quoted = !quoted
    if (at < text.length && (unit !== ',' || quoted)) continue
    const piece = text.slice(start, at)
    if (piece.trim() !== '') words.push(splitAction(piece, offset + start))
    start = at + 1
  }
  return words
}

// A quote opens a value only where a value can start; an apostrophe inside an unquoted text is a letter.
function opensOrCloses(text: string, at: number, quoted: boolean): boolean {
  if (text[at - 1] === '\\') return false
  return quoted || /[:=,!\s]/.test(text[at - 1] ?? ',')
}

function splitAction(piece: string, offset: number): ActionWord {
  const text = piece.trim()
  const at = offset + piece.length - piece.trimStart().length
  const split = text.indexOf(':')
  if (split < 0) return { name: text.toLowerCase(), written: text, value: null, offset: at }
  const written = text.slice(0, split).trim()
  return { name: written.toLowerCase(), written, value: unquote(text.slice(split + 1).trim()), offset: at }
}

function unquote(value: string): string {
  const inner = value.length > 1 && value.startsWith("'") && value.endsWith("'") ? value.slice(1, -1) : value
  return inner.includes("\\'") ? inner.replaceAll("\\'", "'") : inner
}
