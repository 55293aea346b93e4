import { byteBuffer, latin1Text } from './byte-writer.ts'

/** Removes every byte whose entry in the 256-entry table is 1; same reference when there is none. */
export function filterBytes(input: string, removed: Uint8Array): string {
  let i = 0
  while (i < input.length && removed[input.charCodeAt(i)] !== 1) i++
  if (i === input.length) return input
  const out = byteBuffer(input.length)
  out.write(input, 0, i, 'latin1')
  let length = i
  for (i++; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (removed[code] !== 1) out[length++] = code
  }
  return latin1Text(out, length)
}

/** Builds the table for `filterBytes` from the byte values to remove. */
export function byteTable(values: readonly number[]): Uint8Array {
  const table = new Uint8Array(256)
  for (const value of values) table[value] = 1
  return table
}
