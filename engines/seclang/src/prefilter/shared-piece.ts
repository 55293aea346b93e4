/** The longest piece without letters that stands in every literal; empty when there is none. */
export function sharedPiece(literals: readonly string[]): string {
  const [first = '', ...others] = literals
  let best = ''
  for (let start = 0; start < first.length; start++) {
    for (let end = start + best.length + 1; end <= first.length; end++) {
      const piece = first.slice(start, end)
      if (/[a-z]/.test(piece) || !others.every((other) => other.includes(piece))) break
      best = piece
    }
  }
  return best
}
