import type { CartLine } from '../state/session.ts'

/** Mark of a text that stands for a function in a saved cart. */
export const functionMark = '$js:'

/** A cart as the text that a visitor can save: base64 of JSON with a function for the label. */
export function exportCart(lines: readonly CartLine[]): string {
  const saved = { lines, label: `${functionMark}(lines) => lines.length + ' items'` }
  return Buffer.from(JSON.stringify(saved)).toString('base64')
}
