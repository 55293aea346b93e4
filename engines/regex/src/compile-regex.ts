import { LinearMatcher } from './linear/linear-matcher.ts'
import { defaultLimits } from './limits.ts'
import { requiredBytes } from './needs/required-bytes.ts'
import { requiredLiterals } from './needs/required-literals.ts'
import { buildAlphabet } from './program/alphabet.ts'
import { assemble } from './program/assemble.ts'
import { minLengthOf } from './syntax/first-of.ts'
import { parsePattern } from './syntax/parse-pattern.ts'
import { resolveAtomic } from './syntax/resolve-atomic.ts'
import { pathBound } from './v8/path-bound.ts'
import { V8Matcher } from './v8/v8-matcher.ts'
import { v8Source } from './v8/v8-source.ts'

import type { Alphabet } from './program/alphabet.ts'
import type { Program } from './program/program.ts'
import type { Match, Regex, RegexOptions } from './regex.ts'
import type { RegexNode } from './syntax/node.ts'
import type { Flags, Syntax } from './syntax/pattern-reader.ts'

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
  const alphabet = buildAlphabet(program, wide ? 0x10ffff : 0xff)
  const linear = new LinearMatcher(program, alphabet, {
    wide,
    maxCacheBytes: syntax.limits.maxCacheBytes,
    budget: options.cache,
  })
  const prove = (): V8Matcher | undefined =>
    options.engine === 'linear' ? undefined : provenMatcher({ node, program, alphabet, wide })
  return new CompiledRegex({ pattern, node, groupNames: parsed.groupNames, linear, prove })
}

interface ProofInput {
  readonly node: RegexNode
  readonly program: Program
  readonly alphabet: Alphabet
  readonly wide: boolean
}

/** V8 for the pattern, if it says exactly the same there and is proven safe. */
function provenMatcher({ node, program, alphabet, wide }: ProofInput): V8Matcher | undefined {
  const source = v8Source(node, wide)
  const bound = source === undefined ? undefined : pathBound(program, alphabet)
  return source === undefined || bound === undefined ? undefined : V8Matcher.create(source, bound)
}

interface Compiled {
  readonly pattern: string
  readonly node: RegexNode
  readonly groupNames: readonly (string | undefined)[]
  readonly linear: LinearMatcher
  readonly prove: () => V8Matcher | undefined
}

/** A proof costs up to some milliseconds: it is made for patterns that are asked for captures more often than this. */
const capturesBeforeProof = 16

class CompiledRegex implements Regex {
  readonly source: string
  readonly minLength: number
  readonly groupCount: number
  readonly groupNames: readonly (string | undefined)[]
  lastSteps = 0
  readonly #node: RegexNode
  readonly #linear: LinearMatcher
  readonly #prove: () => V8Matcher | undefined
  #capturesLeft = capturesBeforeProof
  /** Null until the proof is needed. */
  #v8: V8Matcher | undefined | null = null
  #literals: readonly (readonly string[])[] | undefined
  #bytes: Uint8Array | undefined | null = null

  constructor({ pattern, node, groupNames, linear, prove }: Compiled) {
    this.source = pattern
    this.minLength = minLengthOf(node)
    this.groupCount = groupNames.length
    this.groupNames = groupNames
    this.#node = node
    this.#linear = linear
    this.#prove = prove
  }

  get engine(): 'v8' | 'linear' {
    return this.#proven() === undefined ? 'linear' : 'v8'
  }

  #proven(): V8Matcher | undefined {
    if (this.#v8 === null) this.#v8 = this.#prove()
    return this.#v8
  }

  /** V8 once a pattern is in frequent use for captures; both engines give the same. */
  #capturer(): V8Matcher | undefined {
    if (this.#capturesLeft === 0) return this.#proven()
    this.#capturesLeft -= 1
    return this.#v8 ?? undefined
  }

  get requiredLiterals(): readonly (readonly string[])[] {
    this.#literals ??= requiredLiterals(this.#node)
    return this.#literals
  }

  get requiredBytes(): Uint8Array | undefined {
    if (this.#bytes === null) this.#bytes = requiredBytes(this.#node)
    return this.#bytes
  }

  test(input: string): boolean {
    this.lastSteps = 1
    if (input.length < this.minLength) return false
    const found = this.#linear.test(input, 0)
    this.lastSteps = this.#linear.steps
    return found
  }

  exec(input: string, from = 0): Match | null {
    this.lastSteps = 1
    if (!(from >= 0) || input.length - from < this.minLength) return null
    const engine = this.#capturer() ?? this.#linear
    const captures = engine.exec(input, from)
    this.lastSteps = engine.steps
    return captures === undefined ? null : { index: captures[0] ?? 0, end: captures[1] ?? 0, captures }
  }

  match(input: string): (string | undefined)[] | null {
    const v8 = this.#capturer()
    if (v8 === undefined || input.length < this.minLength) return textsOf(input, this.exec(input))
    const found = v8.match(input)
    this.lastSteps = v8.steps
    return found
  }
}

function textsOf(input: string, match: Match | null): (string | undefined)[] | null {
  if (match === null) return null
  const texts: (string | undefined)[] = []
  for (let slot = 0; slot < match.captures.length; slot += 2) {
    const start = match.captures[slot] ?? -1
    texts.push(start < 0 ? undefined : input.slice(start, match.captures[slot + 1]))
  }
  return texts
}

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
