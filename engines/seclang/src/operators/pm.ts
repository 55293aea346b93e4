import { asciiLower } from './ascii-lower.ts'
import { dataLines } from './data-lines.ts'
import type { Operator, OperatorMatcher } from './operator.ts'
import { compilePhrases } from './phrase-set.ts'

function matcher(phrases: readonly string[]): OperatorMatcher {
  const set = compilePhrases(phrases)
  return {
    match(input, captures) {
      const found = set.find(input)
      if (found < 0) return false
      if (captures !== null) captures[0] = phrases[found] ?? ''
      return true
    },
    ...(phrases.length === 0 ? {} : { literals: [phrases.map(asciiLower)] }),
  }
}

const PHRASE = /(?:\|[0-9a-fA-F]{2}(?: ?[0-9a-fA-F]{2})*\||[^\t-\r ])+/g

/** Replaces `|41 42|` by the bytes it names; a bar without hexadecimal text stays. */
function withHexBytes(param: string): string {
  return param.replace(/\|([0-9a-fA-F]{2}(?: ?[0-9a-fA-F]{2})*)\|/g, (_, digits: string) =>
    digits.replace(/ ?([0-9a-fA-F]{2})/g, (__, byte: string) =>
      String.fromCharCode(Number.parseInt(byte, 16)),
    ),
  )
}

function fromFile(name: string): Operator {
  return {
    name,
    compile(param, context) {
      const path = param.trim()
      if (/^https?:/i.test(path))
        throw new Error(`@${name} reads files only: "${path}" is an address on the network`)
      return matcher(dataLines(context.readDataFile(path, context.from)))
    },
  }
}

/** `@pm a b c`: one of the phrases, separated by white space, occurs; ASCII letters without case. */
export const pm: Operator = {
  name: 'pm',
  compile: (param) => matcher((param.match(PHRASE) ?? []).map(withHexBytes)),
}

/** `@pmFromFile path`: `@pm` with one phrase a line; lines that start with `#` are comments. */
export const pmFromFile: Operator = fromFile('pmFromFile')

/** `@pmf path`: the short name of `@pmFromFile`. */
export const pmf: Operator = fromFile('pmf')
