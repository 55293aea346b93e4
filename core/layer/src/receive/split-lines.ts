import { isUtf8 } from 'node:buffer'

/** Ends of the blocks in a batch's bytes, or undefined when the lines are not as many as the header says. */
export function blockEnds(bytes: Uint8Array, blocks: readonly number[]): number[] | undefined {
  const ends: number[] = []
  let at = 0
  for (const lines of blocks) {
    for (let i = 0; i < lines; i += 1) {
      const newline = bytes.indexOf(0x0a, at)
      if (newline < 0) return undefined
      at = newline + 1
    }
    ends.push(at)
  }
  return at === bytes.length ? ends : undefined
}

/** Lines of the bytes, without newlines; undefined for a line that is no UTF-8, because text could not give it back. */
export function splitLines(bytes: Uint8Array): (string | undefined)[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isUtf8(buffer)) {
    const lines = buffer.toString('utf8').split('\n')
    lines.pop() // after the last newline
    return lines
  }
  const lines: (string | undefined)[] = []
  for (let at = 0; at < buffer.length;) {
    const newline = buffer.indexOf(0x0a, at)
    const line = buffer.subarray(at, newline)
    lines.push(isUtf8(line) ? line.toString('utf8') : undefined)
    at = newline + 1
  }
  return lines
}
