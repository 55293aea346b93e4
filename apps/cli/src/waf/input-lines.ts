/** A line longer than this ends the input: 32 MiB holds a body of 16 MiB in base64 with room. */
export const maxInputLineBytes: number = 32 * 1024 * 1024

/**
 * Lines of a byte stream as text, without their ends; empty lines are left out, the last one needs no end.
 * @throws Error for a line over `maxInputLineBytes`.
 */
export async function* inputLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  let parts: Uint8Array[] = []
  let length = 0
  const take = (): string => {
    const line = Buffer.concat(parts).toString('utf8')
    parts = []
    length = 0
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }
  for await (const chunk of input) {
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      parts.push(chunk.subarray(start, end))
      const line = take()
      if (line !== '') yield line
      start = end + 1
    }
    if (start < chunk.length) parts.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > maxInputLineBytes) throw new Error(`a line is longer than ${maxInputLineBytes} bytes`)
  }
  const last = take()
  if (last !== '') yield last
}
