import { openSync, readSync, closeSync } from 'node:fs'

const chunkBytes = 1 << 20
const newline = 10
const carriageReturn = 13

/** Longest line that is read; the rest of a longer one is dropped. */
export const maxLogLineBytes: number = 1 << 20

/**
 * Calls `take` with each line of a file that is not empty. Each line is a text of its own: a part that a rule keeps then
 * holds one line in memory, and not the piece of the file it came from.
 */
export function eachLogLine(path: string, take: (line: string) => void): void {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes + maxLogLineBytes)
    let kept = 0
    let isSkipping = false
    for (;;) {
      const read = readSync(file, buffer, kept, chunkBytes, null)
      if (read === 0) break
      const end = kept + read
      const rest = takeLines(buffer, { end, take, isSkipping })
      isSkipping = rest.isSkipping
      buffer.copy(buffer, 0, rest.from, end)
      kept = end - rest.from
      if (kept < maxLogLineBytes) continue
      // The head of an overlong line counts as the line; what follows up to its end is dropped.
      if (!isSkipping) takeLine(buffer, { from: 0, end: maxLogLineBytes, take })
      isSkipping = true
      kept = 0
    }
    if (kept > 0 && !isSkipping) takeLine(buffer, { from: 0, end: kept, take })
  } finally {
    closeSync(file)
  }
}

interface Piece {
  readonly end: number
  readonly take: (line: string) => void
  readonly isSkipping: boolean
}

function takeLines(
  buffer: Buffer,
  { end, take, isSkipping }: Piece,
): { readonly from: number; readonly isSkipping: boolean } {
  let from = 0
  let skip = isSkipping
  for (;;) {
    const at = buffer.indexOf(newline, from)
    if (at < 0 || at >= end) return { from, isSkipping: skip }
    if (!skip) takeLine(buffer, { from, end: at, take })
    skip = false
    from = at + 1
  }
}

function takeLine(
  buffer: Buffer,
  { from, end, take }: { readonly from: number; readonly end: number; readonly take: (line: string) => void },
): void {
  const last = end > from && buffer[end - 1] === carriageReturn ? end - 1 : end
  if (last > from) take(buffer.toString('utf8', from, last))
}
