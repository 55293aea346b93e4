/** A line longer than this ends the stream: nothing of ours writes one. */
export const maxStreamLineLength = 1_048_576

/** What is read of an answer; `IncomingMessage` fits. */
export interface StreamedAnswer extends AsyncIterable<unknown> {
  setEncoding(encoding: 'utf8'): unknown
  setTimeout(ms: number): unknown
}

/** Data of each server-sent event of an answer (WHATWG HTML 9.2), its lines joined by newlines; comments are skipped. */
export async function* eventStream(answer: StreamedAnswer): AsyncGenerator<string, void> {
  answer.setEncoding('utf8')
  answer.setTimeout(0)
  let rest = ''
  let data: string[] = []
  for await (const chunk of answer) {
    const lines = (rest + String(chunk)).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    if (rest.length > maxStreamLineLength) throw new Error('a line of the stream is too long')
    for (const line of lines) {
      if (line === '' && data.length > 0) {
        yield data.join('\n')
        data = []
      } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
    }
  }
}
