/** Space as Go's unicode.IsSpace has it. */
const space = new Set(
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
)

/** Go's strings.TrimSpace. */
export function trimSpace(text: string): string {
  return trimBy(text, space, 'both')
}

/** Go's strings.Trim, TrimLeft and TrimRight: characters of a set off the ends. */
export function trimCharacters(text: string, set: string, side: 'left' | 'right' | 'both' = 'both'): string {
  return trimBy(text, new Set(set), side)
}

function trimBy(text: string, set: ReadonlySet<string>, side: 'left' | 'right' | 'both'): string {
  let from = 0
  let to = text.length
  if (side !== 'right') {
    for (let letter = letterAt(text, from); from < to && set.has(letter); letter = letterAt(text, from))
      from += letter.length
  }
  if (side !== 'left') {
    for (let letter = letterBefore(text, to); to > from && set.has(letter); letter = letterBefore(text, to))
      to -= letter.length
  }
  return text.slice(from, to)
}

const letterAt = (text: string, at: number): string => {
  const code = text.codePointAt(at)
  return code === undefined ? '' : String.fromCodePoint(code)
}

function letterBefore(text: string, at: number): string {
  const code = text.charCodeAt(at - 1)
  const isLow = code >= 0xdc00 && code <= 0xdfff
  return isLow ? text.slice(Math.max(0, at - 2), at) : text.slice(Math.max(0, at - 1), at)
}

/** Go's strings.Fields: parts between runs of space. */
export function goFields(text: string): readonly string[] {
  const fields: string[] = []
  let field = ''
  for (const letter of text) {
    if (!space.has(letter)) field += letter
    else if (field !== '') {
      fields.push(field)
      field = ''
    }
  }
  if (field !== '') fields.push(field)
  return fields
}
