const NAMED: ReadonlyMap<number, number> = new Map([
  [97, 7],
  [98, 8],
  [102, 12],
  [110, 10],
  [114, 13],
  [116, 9],
  [118, 11],
])

/** Gives the control character that `\a \b \f \n \r \t \v` stands for, or any other code itself. */
export function controlEscape(code: number): number {
  return NAMED.get(code) ?? code
}

/** Tells how many octal digits, three at most, stand at `at`. */
export function octalDigitsAt(input: string, at: number): number {
  let count = 0
  while (count < 3 && at + count < input.length) {
    const code = input.charCodeAt(at + count)
    if (code < 48 || code > 55) break
    count++
  }
  return count
}
