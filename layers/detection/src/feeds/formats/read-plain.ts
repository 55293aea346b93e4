import type { RawEntry } from '../feed-entry.ts'

/**
 * A list with one address or range a line. `#` and `;` begin a comment; what follows the first space or comma is a remark.
 */
export function* readPlain(text: string): Generator<RawEntry | undefined> {
  for (const line of text.split('\n')) {
    const value =
      line
        .replace(/[#;].*$/s, '')
        .trim()
        .split(/[\s,]/, 1)[0] ?? ''
    if (value !== '') yield { value }
  }
}
