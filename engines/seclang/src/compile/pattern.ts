import { compileRegex } from '@sevenfold/regex'

/**
 * Compiles the pattern of a `/regex/` selector: searched anywhere in the name, ASCII letters without case, in linear
 * time like every pattern of a rule. Throws RegexError when it is not valid.
 */
export function compileSelectorPattern(source: string): (name: string) => boolean {
  const regex = compileRegex(source, { mode: 'bytes', ignoreCase: true, dotAll: true })
  return (name) => regex.test(name)
}
