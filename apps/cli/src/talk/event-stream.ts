import type { IncomingMessage } from 'node:http'

/** A line longer than this ends the stream: nothing of ours writes one. */
export const maxStreamLineLength = 1_048_576

/** Data of each server-sent event of an answer (WHATWG HTML 9.2), its lines joined by newlines; comments are skipped. */
export async function* eventStream(answer: IncomingMessage): AsyncGenerator<string, void> {
  answer.setEncoding('utf8')
  answer.setTimeout(0)
  let rest = ''
  let data: string[] = []
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/)
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
