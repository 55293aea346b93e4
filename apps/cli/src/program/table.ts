import { escapeText } from '@sevenfold/event'

/** A table as people read it: heads in capitals, columns two spaces apart. Cells are escaped for the terminal. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [
    heads.map((head) => head.toUpperCase()),
    ...rows.map((row) => row.map((cell) => escapeText(cell, 120))),
  ]
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
