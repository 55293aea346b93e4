import { RegexError } from './error.ts'
import { LinearMatcher } from './linear/linear-matcher.ts'
import { defaultLimits } from './limits.ts'
import { requiredBytes } from './needs/required-bytes.ts'
import { requiredLiterals } from './needs/required-literals.ts'
import { takesRest } from './needs/takes-rest.ts'
import { buildAlphabet } from './program/alphabet.ts'
import { assemble } from './program/assemble.ts'
import { programSize } from './program/program-size.ts'
import { minLengthOf } from './syntax/first-of.ts'
import { parsePattern } from './syntax/parse-pattern.ts'
import { resolveAtomic } from './syntax/resolve-atomic.ts'
import { pathBound } from './v8/path-bound.ts'
import { V8Matcher } from './v8/v8-matcher.ts'
import { v8Source } from './v8/v8-source.ts'

import type { Alphabet } from './program/alphabet.ts'
import type { ParsedPattern } from './syntax/parse-pattern.ts'
import type { Program } from './program/program.ts'
import type { Match, Regex, RegexOptions } from './regex.ts'
import type { RegexNode } from './syntax/node.ts'
import type { Flags, Syntax } from './syntax/pattern-reader.ts'

/**
 * Compiles a pattern. Throws {@link RegexError} with code, offset and hint when the pattern is malformed, outside
 * regular languages, or above a limit. The result matches in time linear in the input, whatever the pattern.
 * Automata are built at the first match: of a large rule set most patterns are never asked.
 */
export function compileRegex(pattern: string, options: RegexOptions = {}): Regex {
  return new CompiledRegex(pattern, syntaxOf(options), options)
}

/** A pattern as it is matched: parsed, with atomic groups resolved, and small enough to be written out. */
function readPattern(pattern: string, syntax: Syntax, options: RegexOptions): Omit<ParsedPattern, 'atomic'> {
  const parsed = parsePattern(pattern, syntax, flagsOf(options))
  const node = parsed.atomic ? resolveAtomic(parsed.node) : parsed.node
  const { maxProgram } = syntax.limits
  // Without counts a character makes at most three instructions (an open repeat) and two nodes.
  const small = !pattern.includes('{') && pattern.length * 3 < maxProgram
  if (!small) refuseLarge(node, maxProgram)
  // Matching never throws: what bars make of the pattern is tried now.
  if (parsed.atomic) assemble(node, parsed.groupNames.length)
  return { node, groupNames: parsed.groupNames }
}

function refuseLarge(node: RegexNode, maxProgram: number): void {
  const { instructions, nodes } = programSize(node)
  if (instructions <= maxProgram && nodes <= maxProgram * 2) return
  throw new RegexError('REGEX_LIMIT', `larger than maxProgram (${String(maxProgram)} instructions)`, {
    offset: 0,
    hint: 'counted repeats are written out: lower the counts',
  })
}

/** What matching needs of a pattern. */
interface Machine {
  readonly program: Program
  readonly alphabet: Alphabet
  readonly linear: LinearMatcher
}

/** A proof costs up to some milliseconds: it is made for patterns that are asked for captures more often than this. */
const capturesBeforeProof = 16

class CompiledRegex implements Regex {
  readonly source: string
  readonly minLength: number
  readonly groupCount: number
  readonly groupNames: readonly (string | undefined)[]
  lastSteps = 0
  readonly #syntax: Syntax
  readonly #options: RegexOptions
  /** Undefined when forgotten; the pattern tells it again. */
  #tree: RegexNode | undefined
  #machine: Machine | undefined
  #capturesLeft = capturesBeforeProof
  #scratch: Int32Array | undefined
  /** Null until the proof is needed. */
  #v8: V8Matcher | undefined | null = null
  #literals: readonly (readonly string[])[] | undefined
  #bytes: Uint8Array | undefined | null = null

  constructor(pattern: string, syntax: Syntax, options: RegexOptions) {
    const { node, groupNames } = readPattern(pattern, syntax, options)
    this.source = pattern
    this.minLength = minLengthOf(node)
    this.groupCount = groupNames.length
    this.groupNames = groupNames
    this.#syntax = syntax
    this.#options = options
    this.#tree = node
  }

  get engine(): 'v8' | 'linear' {
    return this.#proven() === undefined ? 'linear' : 'v8'
  }

  #node(): RegexNode {
    this.#tree ??= readPattern(this.source, this.#syntax, this.#options).node
    return this.#tree
  }

  #ready(): Machine {
    this.#machine ??= machineOf(this.#node(), this.#syntax, {
      options: this.#options,
      groupCount: this.groupCount,
    })
    return this.#machine
  }

  /** V8 for the pattern, if it says exactly the same there and is proven safe. */
  #proven(): V8Matcher | undefined {
    if (this.#v8 === null) this.#v8 = this.#options.engine === 'linear' ? undefined : this.#prove()
    return this.#v8
  }

  #prove(): V8Matcher | undefined {
    const source = v8Source(this.#node(), this.#syntax.mode === 'string')
    if (source === undefined) return undefined
    const { program, alphabet } = this.#ready()
    const bound = pathBound(program, alphabet)
    return bound === undefined ? undefined : V8Matcher.create(source, bound)
  }

  /** V8 once a pattern is in frequent use for captures; both engines give the same. */
  #capturer(): V8Matcher | undefined {
    if (this.#capturesLeft === 0) return this.#proven()
    this.#capturesLeft -= 1
    return this.#v8 ?? undefined
  }

  get requiredLiterals(): readonly (readonly string[])[] {
    this.#literals ??= requiredLiterals(this.#node())
    return this.#literals
  }

  get requiredBytes(): Uint8Array | undefined {
    if (this.#bytes === null) this.#bytes = requiredBytes(this.#node())
    return this.#bytes
  }

  forget(): void {
    this.#tree = undefined
    this.#literals = undefined
    this.#bytes = null
  }

  test(input: string): boolean {
    this.lastSteps = 1
    if (input.length < this.minLength) return false
    const { linear } = this.#machine ?? this.#ready()
    const found = linear.test(input, 0)
    this.lastSteps = linear.steps
    return found
  }

  exec(input: string, from = 0): Match | null {
    this.lastSteps = 1
    if (!(from >= 0) || input.length - from < this.minLength) return null
    const engine = this.#capturer() ?? this.#ready().linear
    const captures = engine.exec(input, from)
    this.lastSteps = engine.steps
    return captures === undefined ? null : { index: captures[0] ?? 0, end: captures[1] ?? 0, captures }
  }

  captures(input: string): Int32Array | null {
    this.lastSteps = 1
    if (input.length < this.minLength) return null
    const engine = this.#capturer() ?? this.#ready().linear
    this.#scratch ??= new Int32Array(this.groupCount * 2)
    const captures = engine.exec(input, 0, this.#scratch)
    this.lastSteps = engine.steps
    return captures ?? null
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

function machineOf(
  node: RegexNode,
  syntax: Syntax,
  { options, groupCount }: { readonly options: RegexOptions; readonly groupCount: number },
): Machine {
  const wide = syntax.mode === 'string'
  const program = assemble(node, groupCount)
  const alphabet = buildAlphabet(program, wide ? 0x10ffff : 0xff)
  const { maxCacheBytes } = syntax.limits
  return {
    program,
    alphabet,
    linear: new LinearMatcher(program, alphabet, {
      wide,
      maxCacheBytes,
      budget: options.cache,
      takesRest: minLengthOf(node) > 0 && takesRest(node, wide ? 0x10ffff : 0xff),
    }),
  }
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
