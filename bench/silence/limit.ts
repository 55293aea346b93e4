/** Prints a figure beside its limit and whether it holds; a figure over its limit makes the command end with 1. */
export function printLimit(
  name: string,
  value: number,
  limit: { readonly most: number } | { readonly least: number },
): void {
  const holds = 'most' in limit ? value <= limit.most : value >= limit.least
  const bound = 'most' in limit ? `at most ${limit.most}` : `at least ${limit.least}`
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(4)
  console.log(`limit: ${name.padEnd(62)} ${shown.padStart(9)}  (${bound}): ${holds ? 'holds' : 'OVER'}`)
  if (!holds) process.exitCode = 1
}
