/**
 * Text for comparison without letter case. Lower case with one exception taken back: JavaScript writes a capital sigma
 * at the end of a word differently from one inside it, so a piece of a text would not be found in the whole.
 */
export function fold(text: string): string {
  const lower = text.toLowerCase()
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower
}
