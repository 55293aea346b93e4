/** Words in lines of at most `width` characters, each after `indent` spaces; a longer word stands alone. */
export function wrap(words: readonly string[], width: number, indent: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  return lines.map((text) => ' '.repeat(indent) + text)
}
