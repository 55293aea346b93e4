/** How a literal and a text are compared, said as plainly as it can be. */
export interface NaiveOptions {
  readonly ignoreCase?: boolean
  readonly from?: number
  readonly to?: number
}

/** ASCII letters in lower case; everything else as it is. */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))
}

/** Numbers of the literals that stand wholly inside the range of a text, found by comparing at every place. */
export function naiveSearch(literals: readonly string[], text: string, options: NaiveOptions = {}): number[] {
  const from = Math.max(0, options.from ?? 0)
  const to = Math.min(text.length, options.to ?? text.length)
  const fold = options.ignoreCase === true ? foldAscii : (one: string): string => one
  const found: number[] = []
  for (const [number, literal] of literals.entries()) {
    for (let at = from; at + literal.length <= to; at++) {
      if (fold(text.slice(at, at + literal.length)) !== fold(literal)) continue
      found.push(number)
      break
    }
  }
  return found
}

/** Numbers of the bits that are set in a sink, up to a count. */
export function bitsOf(sink: Uint32Array, count: number): number[] {
  return Array.from({ length: count }, (_, number) => number).filter(
    (number) => (((sink[number >> 5] ?? 0) >>> (number & 31)) & 1) === 1,
  )
}
