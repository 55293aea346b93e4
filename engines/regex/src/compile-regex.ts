import { defaultLimits } from './limits.ts'
import { assemble } from './program/assemble.ts'
import { buildAlphabet } from './program/alphabet.ts'
import { PikeVm } from './linear/pike-vm.ts'
import { minLengthOf } from './syntax/first-of.ts'
import { parsePattern } from './syntax/parse-pattern.ts'
import { resolveAtomic } from './syntax/resolve-atomic.ts'

import type { Flags, Syntax } from './syntax/pattern-reader.ts'
import type { Match, Regex, RegexOptions } from './regex.ts'

/**
 * Compiles a pattern. Throws {@link RegexError} with code, offset and hint when the pattern is malformed, outside
 * regular languages, or above a limit. The result matches in time linear in the input, whatever the pattern.
 */
export function compileRegex(pattern: string, options: RegexOptions = {}): Regex {
  const syntax = syntaxOf(options)
  const parsed = parsePattern(pattern, syntax, flagsOf(options))
  const node = resolveAtomic(parsed.node)
  const program = assemble(node, parsed.groupNames.length, syntax.limits.maxProgram)
  const wide = syntax.mode === 'string'
  const vm = new PikeVm(program, buildAlphabet(program, wide ? 0x10ffff : 0xff), wide)
  return {
    source: pattern,
    engine: 'linear',
    provenForV8: false,
    minLength: minLengthOf(node),
    groupCount: parsed.groupNames.length,
    groupNames: parsed.groupNames,
    requiredLiterals: [],
    requiredBytes: undefined,
    get lastSteps(): number {
      return vm.steps
    },
    test: (input) => vm.run({ input, from: 0 }) !== undefined,
    exec: (input, from = 0) => toMatch(vm.run({ input, from })),
    match: (input) => toTexts(input, vm.run({ input, from: 0 })),
  }
}

function toMatch(captures: Int32Array | undefined): Match | null {
  if (captures === undefined) return null
  return { index: captures[0] ?? 0, end: captures[1] ?? 0, captures }
}

function toTexts(input: string, captures: Int32Array | undefined): (string | undefined)[] | null {
  if (captures === undefined) return null
  const texts: (string | undefined)[] = []
  for (let i = 0; i < captures.length; i += 2) {
    const start = captures[i] ?? -1
    texts.push(start < 0 ? undefined : input.slice(start, captures[i + 1]))
  }
  return texts
}

/** The syntax part of the options, with defaults filled in. */
function syntaxOf(options: RegexOptions): Syntax {
  const mode = options.mode ?? 'bytes'
  return {
    mode,
    dialect: options.dialect ?? (mode === 'bytes' ? 'pcre' : 'go'),
    dollar: options.dollar ?? 'end',
    limits: { ...defaultLimits, ...options.limits },
  }
}

function flagsOf(options: RegexOptions): Flags {
  return {
    ignoreCase: options.ignoreCase ?? false,
    dotAll: options.dotAll ?? false,
    multiline: options.multiline ?? false,
    ungreedy: false,
    extended: false,
  }
}
