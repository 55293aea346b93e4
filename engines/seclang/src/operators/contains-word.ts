import { requires } from './literal-clause.ts'
import type { Operator } from './operator.ts'

// Only letters continue a word: `def` is a word of `abc0def`.
function isLetter(input: string, at: number): boolean {
  const lower = input.charCodeAt(at) | 32
  return lower >= 97 && lower <= 122
}

function containsWordIn(input: string, word: string): boolean {
  let at = input.indexOf(word)
  while (at >= 0) {
    const end = at + word.length
    if ((at === 0 || !isLetter(input, at - 1)) && (end === input.length || !isLetter(input, end))) return true
    at = input.indexOf(word, at + 1)
  }
  return false
}

/** `@containsWord text`: the text occurs with no letter on either side. */
export const containsWord: Operator = {
  name: 'containsWord',
  compile: (param) => ({
    match: param === '' ? () => true : (input) => containsWordIn(input, param),
    ...requires(param),
  }),
}
