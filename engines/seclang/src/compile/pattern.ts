import { compileRegex } from '@sevenfold/regex'

/**
 * Compiles the pattern of a `/regex/` selector: searched anywhere in the name, ASCII letters without case, in linear
 * time like every pattern of a rule. Throws RegexError when it is not valid.
 */
export function compileSelectorPattern(source: string): (name: string) => boolean {
  const beginning = plainBeginning.exec(source)?.[1]?.toLowerCase()
  if (beginning !== undefined) return (name) => startsWith(name, beginning)
  const regex = compileRegex(source, { mode: 'bytes', ignoreCase: true, dotAll: true })
  return (name) => regex.test(name)
}

/** A pattern that only asks how a name begins. */
const plainBeginning = /^\^([A-Za-z0-9_-]+)$/

function startsWith(name: string, beginning: string): boolean {
  return name.startsWith(beginning) || name.slice(0, beginning.length).toLowerCase() === beginning
}
