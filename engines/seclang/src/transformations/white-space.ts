/** Tells whether a byte is white space as C's `isspace` sees it: tab, LF, VT, FF, CR, space. */
export function isWhiteSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}
