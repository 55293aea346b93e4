/** Cents as euro, such as `329.00 €`. */
export function money(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`
}
