/**
 * One cell of a CSV file (RFC 4180) that a spreadsheet shows and does not run: what starts like a formula, also behind
 * blanks, gets an apostrophe (OWASP, "CSV Injection").
 */
export function csvCell(text: string): string {
  const safe = /^[\s\u0000]*[=+\-@\t\r|%]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

/** A row, ended as RFC 4180 wants it. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}
