import { Spans, kinds } from './spans.ts'

/**
 * What a POSIX shell makes of each character: inside single quotes everything is literal; inside double quotes all but
 * `$`, backtick and backslash; a backslash makes the next character literal.
 */
export function readShell(command: string): Spans {
  const spans = new Spans(command.length)
  let quote = ''
  for (let i = 0; i < command.length; i += 1) {
    const mark = command[i] ?? ''
    if (quote === "'") {
      if (mark === "'") quote = ''
      spans.mark(i, i + 1, mark === "'" ? kinds.delimiter : kinds.literal)
    } else if (mark === '\\') {
      spans.mark(i, i + 2, kinds.literal)
      i += 1
    } else if (quote === '"') {
      if (mark === '"') quote = ''
      spans.mark(
        i,
        i + 1,
        mark === '"' ? kinds.delimiter : mark === '$' || mark === '`' ? kinds.expansion : kinds.literal,
      )
    } else if (mark === "'" || mark === '"') {
      quote = mark
      spans.mark(i, i + 1, kinds.delimiter)
    } else if (mark === '$' || mark === '`') spans.mark(i, i + 1, kinds.expansion)
  }
  return spans
}
