import type { SourcePosition } from './source-position.ts'

/** One directive as text: continuation lines joined, each piece with its place in the file. */
export interface LogicalLine {
  readonly text: string
  readonly file: string
  /** Start offset in `text` and line number of each joined physical line. */
  readonly pieces: readonly { readonly offset: number; readonly line: number; readonly column: number }[]
}

/** Splits a file (one character a byte) into directives; comments and empty lines are left out. */
export function splitLogicalLines(text: string, file: string): LogicalLine[] {
  const lines = text.split('\n')
  const result: LogicalLine[] = []
  let joined: { text: string; pieces: { offset: number; line: number; column: number }[] } | null = null
  for (let index = 0; index < lines.length; index++) {
    const physical = (lines[index] ?? '').replace(/\r$/, '')
    const body: string = joined === null ? physical.trimStart() : physical
    const column = physical.length - body.length + 1
    joined ??= { text: '', pieces: [] }
    joined.pieces.push({ offset: joined.text.length, line: index + 1, column })
    if (body.endsWith('\\')) {
      joined.text += body.slice(0, -1)
      continue
    }
    joined.text += body
    pushDirective(joined, file, result)
    joined = null
  }
  if (joined !== null) pushDirective(joined, file, result)
  return result
}

function pushDirective(
  joined: { text: string; pieces: LogicalLine['pieces'] },
  file: string,
  result: LogicalLine[],
): void {
  // A comment goes on over a trailing backslash, as in the configuration languages that rule files come from.
  if (joined.text.trim() === '' || joined.text.startsWith('#')) return
  result.push({ text: joined.text, file, pieces: joined.pieces })
}

/** Place in the file of an offset in a logical line. */
export function positionOf(line: LogicalLine, offset: number): SourcePosition {
  let found = line.pieces[0] ?? { offset: 0, line: 1, column: 1 }
  for (const piece of line.pieces) if (piece.offset <= offset) found = piece
  return { file: line.file, line: found.line, column: found.column + (offset - found.offset) }
}
