/** Pieces of a Sigma string: literal text and wildcards. */
export type PatternPiece = string | { readonly wildcard: '*' | '?' }

/**
 * Reads the wildcards of a Sigma string (specification 2.1, "Escaping"): `*` and `?` are wildcards unless a backslash
 * stands before them; `\\` before a wildcard or at a doubled backslash is one backslash; any other backslash is itself.
 */
export function readPattern(text: string): readonly PatternPiece[] {
  const pieces: PatternPiece[] = []
  let literal = ''
  for (let i = 0; i < text.length; i += 1) {
    const mark = text[i] ?? ''
    const next = text[i + 1]
    if (mark === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next
      i += 1
    } else if (mark === '*' || mark === '?') {
      if (literal !== '') pieces.push(literal)
      literal = ''
      if (mark === '?' || !isStar(pieces.at(-1))) pieces.push({ wildcard: mark })
    } else literal += mark
  }
  if (literal !== '') pieces.push(literal)
  return pieces
}

/** True for `*`. */
export function isStar(piece: PatternPiece | undefined): boolean {
  return typeof piece === 'object' && piece.wildcard === '*'
}

/** The pattern with `*` before and behind, as the modifiers contains, startswith and endswith want it. */
export function surround(
  pieces: readonly PatternPiece[],
  before: boolean,
  behind: boolean,
): readonly PatternPiece[] {
  const star: PatternPiece = { wildcard: '*' }
  return [
    ...(before && !isStar(pieces[0]) ? [star] : []),
    ...pieces,
    ...(behind && !isStar(pieces.at(-1)) ? [star] : []),
  ]
}

/** The only literal of a pattern without wildcards; undefined when it has some. */
export function plainText(pieces: readonly PatternPiece[]): string | undefined {
  if (pieces.length === 0) return ''
  const [only] = pieces
  return pieces.length === 1 && typeof only === 'string' ? only : undefined
}

/** Applies a change to the literal pieces only. */
export function mapLiterals(
  pieces: readonly PatternPiece[],
  change: (text: string) => string,
): readonly PatternPiece[] {
  return pieces.map((piece) => (typeof piece === 'string' ? change(piece) : piece))
}
