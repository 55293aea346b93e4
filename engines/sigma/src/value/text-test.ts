import { isStar } from './pattern.ts'
import type { PatternPiece } from './pattern.ts'

/** A test of one text. */
export type TextTest = (text: string) => boolean

interface Run {
  /** Literal and `?` pieces between two stars. */
  readonly pieces: readonly PatternPiece[]
  readonly length: number
}

function lengthOf(pieces: readonly PatternPiece[]): number {
  return pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 1), 0)
}

function splitAtStars(pieces: readonly PatternPiece[]): Run[] {
  const runs: PatternPiece[][] = [[]]
  for (const piece of pieces) {
    if (isStar(piece)) runs.push([])
    else runs.at(-1)?.push(piece)
  }
  return runs.map((run) => ({ pieces: run, length: lengthOf(run) }))
}

function runStandsAt(run: Run, text: string, at: number): boolean {
  let position = at
  for (const piece of run.pieces) {
    if (typeof piece !== 'string') position += 1
    else if (text.startsWith(piece, position)) position += piece.length
    else return false
  }
  return position <= text.length
}

function findRun(run: Run, text: string, from: number, last: number): number {
  const [first] = run.pieces
  if (run.pieces.length === 1 && typeof first === 'string') {
    const at = text.indexOf(first, from)
    return at >= 0 && at <= last ? at : -1
  }
  for (let at = from; at <= last; at += 1) if (runStandsAt(run, text, at)) return at
  return -1
}

/** Greedy matching of runs between stars: each run takes its first place, which never loses a match. */
function compileGlob(pieces: readonly PatternPiece[]): TextTest {
  const runs = splitAtStars(pieces)
  const head = runs[0] ?? { pieces: [], length: 0 }
  const tail = runs.at(-1) ?? head
  if (runs.length === 1) return (text) => text.length === head.length && runStandsAt(head, text, 0)
  const middle = runs.slice(1, -1)
  return (text) => {
    const end = text.length - tail.length
    if (end < head.length || !runStandsAt(head, text, 0) || !runStandsAt(tail, text, end)) return false
    let from = head.length
    for (const run of middle) {
      const at = findRun(run, text, from, end - run.length)
      if (at < 0) return false
      from = at + run.length
    }
    return true
  }
}

/** A test of whole texts against a pattern; the commonest forms run as single string operations. */
export function compilePattern(pieces: readonly PatternPiece[]): TextTest {
  const [a, b, c] = pieces
  if (pieces.length === 0) return (text) => text === ''
  if (pieces.length === 1 && typeof a === 'string') return (text) => text === a
  if (pieces.length === 1 && isStar(a)) return () => true
  if (pieces.length === 2 && isStar(a) && typeof b === 'string') return (text) => text.endsWith(b)
  if (pieces.length === 2 && typeof a === 'string' && isStar(b)) return (text) => text.startsWith(a)
  if (pieces.length === 3 && isStar(a) && typeof b === 'string' && isStar(c))
    return (text) => text.includes(b)
  return compileGlob(pieces)
}
