/** The entries of a data file: lines without white space at their ends; empty lines and `#` go. */
export function dataLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^[\t-\r ]+|[\t-\r ]+$/g, ''))
    .filter((line) => line !== '' && !line.startsWith('#'))
}
