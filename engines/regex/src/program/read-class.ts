import { classOfWide, contextEdge, type Alphabet } from './alphabet.ts'

const newline = 0x0a

/** The class of the character at `at`, or the end class. In wide mode a surrogate pair is one character. */
export function readClass(alphabet: Alphabet, wide: boolean, input: string, at: number): number {
  if (at >= input.length) return alphabet.endClass
  const unit = input.charCodeAt(at)
  if (!wide) {
    if (unit === newline && alphabet.usesFinalNewline && at === input.length - 1)
      return alphabet.finalNewlineClass
    return alphabet.direct[unit & 0xff] ?? 0
  }
  if (unit === newline && alphabet.usesFinalNewline && at === input.length - 1)
    return alphabet.finalNewlineClass
  if (unit < 256) return alphabet.direct[unit] ?? 0
  return classOfWide(alphabet, input.codePointAt(at) ?? unit)
}

/** UTF-16 units of the character at `at`. */
export function widthAt(wide: boolean, input: string, at: number): number {
  return wide && isPair(input, at) ? 2 : 1
}

/** UTF-16 units of the character that ends at `at`. */
export function widthBefore(wide: boolean, input: string, at: number): number {
  return wide && at >= 2 && isPair(input, at - 2) ? 2 : 1
}

/** The context that the character before `at` gives to assertions. */
export function contextBefore(alphabet: Alphabet, wide: boolean, input: string, at: number): number {
  if (at <= 0) return contextEdge
  return alphabet.context[readClass(alphabet, wide, input, at - widthBefore(wide, input, at))] ?? 0
}

function isPair(input: string, at: number): boolean {
  const high = input.charCodeAt(at)
  if (high < 0xd800 || high > 0xdbff) return false
  const low = input.charCodeAt(at + 1)
  return low >= 0xdc00 && low <= 0xdfff
}
