/** A line longer than this ends the stream: nothing of ours writes one. */
export const maxStreamLineLength = 1_048_576

/**
 * Reads `data:` fields of a server-sent event stream (WHATWG HTML, section 9.2). Call the result with each chunk of
 * text; events are given to `onData` with their data lines joined by newlines.
 * @throws Error for a line over `maxStreamLineLength`.
 */
export function createEventStreamReader(onData: (data: string) => void): (chunk: string) => void {
  let rest = ''
  let data: string[] = []
  const takeLine = (line: string): void => {
    if (line === '') {
      if (data.length > 0) onData(data.join('\n'))
      data = []
    } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
  }
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n/)
    rest = lines.pop() ?? ''
    if (rest.length > maxStreamLineLength) throw new Error('a line of the stream is too long')
    for (const line of lines) takeLine(line)
  }
}
