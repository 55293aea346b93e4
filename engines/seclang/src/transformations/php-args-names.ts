import type { Transformation } from './transformation.ts'

const underscored = (name: string): string => name.replace(/[ .]/g, '_')

/** Reads `[key]` groups from `at`; null means the first bracket has no partner. */
function indexesAt(input: string, at: number): string | null {
  let text = ''
  let open = at
  while (input.charCodeAt(open) === 91) {
    const close = input.indexOf(']', open + 1)
    if (close < 0) return text === '' ? null : text
    const key = input.slice(open + 1, close)
    text += key === ' ' ? '[]' : `[${key}]`
    open = close + 1
  }
  return text
}

function apply(input: string): string {
  if (!/[ .[]/.test(input)) return input
  const name = input.replace(/^ +/, '')
  const bracket = name.indexOf('[')
  if (bracket < 0) return underscored(name)
  if (bracket === 0) return ''
  const base = underscored(name.slice(0, bracket))
  const indexes = indexesAt(name, bracket)
  const text = indexes === null ? `${base}_${name.slice(bracket + 1)}` : base + indexes
  return text === input ? input : text
}

/**
 * `t:phpArgsNames`: the name under which PHP stores a parameter: leading spaces go, space and dot
 * become `_` before the first bracket, text after the last index is dropped, an unmatched bracket
 * becomes `_`, a name that starts with a bracket is ignored.
 */
export const phpArgsNames: Transformation = { name: 'phpArgsNames', apply }
