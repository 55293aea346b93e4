import { RE2JS } from 're2js'

import { LinearMatcher } from '../src/linear/linear-matcher.ts'
import { PikeVm } from '../src/linear/pike-vm.ts'
import { defaultLimits } from '../src/limits.ts'
import { buildAlphabet, type Alphabet } from '../src/program/alphabet.ts'
import { assemble } from '../src/program/assemble.ts'
import { parsePattern } from '../src/syntax/parse-pattern.ts'
import { resolveAtomic } from '../src/syntax/resolve-atomic.ts'
import { v8Source } from '../src/v8/v8-source.ts'
import { re2Source } from './re2-source.ts'

import type { Program } from '../src/program/program.ts'
import type { RegexOptions } from '../src/regex.ts'
import type { RegexNode } from '../src/syntax/node.ts'

/** Capture slots or null, by one engine. */
export type Finder = (input: string) => readonly number[] | null

/** One pattern, ready in every engine that can run it. */
export interface Compared {
  readonly node: RegexNode
  readonly program: Program
  readonly alphabet: Alphabet
  readonly linear: LinearMatcher
  readonly finders: ReadonlyMap<string, Finder>
}

export interface CompareOptions extends RegexOptions {
  /** Leave re2js out, for patterns that it does not read alike. */
  readonly withoutRe2?: boolean
  readonly maxCacheBytes?: number
}

/** Compiles a pattern for the lazy automata, the simulation, V8 (when exact) and re2js. */
export function compareEngines(pattern: string, options: CompareOptions = {}): Compared {
  const mode = options.mode ?? 'bytes'
  const wide = mode === 'string'
  const dialect = options.dialect ?? (wide ? 'go' : 'pcre')
  const { ignoreCase = false, dotAll = false, multiline = false, dollar = 'end' } = options
  const syntax = { mode, dialect, dollar, limits: { ...defaultLimits, ...options.limits } }
  const parsed = parsePattern(pattern, syntax, {
    ignoreCase,
    dotAll,
    multiline,
    ungreedy: false,
    extended: false,
  })
  const node = resolveAtomic(parsed.node)
  const program = assemble(node, parsed.groupNames.length)
  const alphabet = buildAlphabet(program, wide ? 0x10ffff : 0xff)
  const limits = { wide, maxCacheBytes: options.maxCacheBytes ?? 1_048_576, budget: undefined }
  const linear = new LinearMatcher(program, alphabet, limits)
  const twoPass = new LinearMatcher(program, alphabet, { ...limits, onePass: false })
  const pike = new PikeVm(program, alphabet, wide)
  const finders = new Map<string, Finder>([
    ['linear', (input) => listOf(linear.exec(input, 0))],
    ['two passes', (input) => listOf(twoPass.exec(input, 0))],
    ['pike', (input) => listOf(pike.run({ input, from: 0 }))],
  ])
  const translated = v8Source(node, wide)
  if (translated !== undefined)
    finders.set('v8', v8Finder(new RegExp(translated.source, `${translated.flags}d`)))
  // RE2 has no words for a run behind which some characters may not come.
  const isOutside = options.withoutRe2 === true || hasBar(node)
  const re2 = isOutside ? undefined : re2Finder(re2Source(node))
  if (re2 !== undefined) finders.set('re2js', re2)
  return { node, program, alphabet, linear, finders }
}

function hasBar(node: RegexNode): boolean {
  if (node.kind === 'concat' || node.kind === 'alternate') return node.nodes.some(hasBar)
  if (node.kind === 'atomic' && node.barred !== undefined) return true
  return 'node' in node && hasBar(node.node)
}

function listOf(slots: Int32Array | undefined): readonly number[] | null {
  return slots === undefined ? null : [...slots]
}

/** Runs a V8 expression with the `d` flag. */
export function v8Finder(regex: RegExp): Finder {
  return (input) => {
    const indices: readonly (readonly number[] | undefined)[] | undefined = regex.exec(input)?.indices
    return indices === undefined ? null : indices.flatMap((span) => [span?.[0] ?? -1, span?.[1] ?? -1])
  }
}

/** Undefined when re2js refuses the pattern: it limits products of nested counted repeats. */
function re2Finder(source: string): Finder | undefined {
  const regex = compileRe2(source)
  if (regex === undefined) return undefined
  return (input) => {
    const matcher = regex.matcher(input)
    if (!matcher.find()) return null
    const slots: number[] = []
    for (let group = 0; group <= regex.groupCount(); group++) {
      const start = matcher.start(group)
      slots.push(start, start < 0 ? -1 : matcher.end(group))
    }
    return slots
  }
}

function compileRe2(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source)
  } catch {
    return undefined
  }
}
