import { compileRegex, RegexError } from '@sevenfold/regex'
import { basePatterns } from './base-patterns.ts'
import { countGroups, keepGroups } from './capturing-groups.ts'
import { GrokError } from './grok-error.ts'
import { Grok } from './grok.ts'
import type { ReadFields } from './grok.ts'

/** Named limits of a library of grok patterns. */
export const grokLimits = {
  /** Deepest nesting of `%{…}`. */
  maxDepth: 32,
  /** Longest expression after all references are written out, in UTF-16 units. */
  maxExpanded: 65_536,
  /** Names in one library. */
  maxPatterns: 20_000,
} as const

/** Longer expressions, such as all that hold an IPv6 address, are never proven safe for V8, and trying takes a tenth of a second. */
const maxProvenLength = 800

interface Expanded {
  readonly source: string
  /** Number of the group of each field. */
  readonly fields: ReadonlyMap<string, number>
  readonly groups: number
}

const reference = /%\{(\w+)(?::(\w+))?\}/gu
const lineOfFile = /^(\w+)\s+(.+)$/u

/** Named patterns. A name keeps its first pattern, as the hub's files rely on. */
export class GrokLibrary {
  readonly #patterns = new Map<string, string>()
  readonly #expanded = new Map<string, Expanded>()
  readonly #groks: Grok[] = []

  constructor() {
    for (const [name, pattern] of basePatterns) this.#patterns.set(name, pattern)
  }

  /** Adds a pattern; false when the name is taken, which keeps its first meaning. Throws a GrokError when it is none. */
  add(name: string, pattern: string): boolean {
    if (name === '' || pattern === '') throw new GrokError('GROK_SYNTAX', 'a name and a pattern are needed')
    if (this.#patterns.has(name)) return false
    if (this.#patterns.size >= grokLimits.maxPatterns) throw new GrokError('GROK_LIMIT', 'too many patterns')
    this.#checked(this.#expand(pattern, 0).source)
    this.#patterns.set(name, pattern)
    return true
  }

  /** Adds each `NAME pattern` line of a pattern file; other lines are comments. References may look ahead in the file. */
  addFile(text: string): void {
    for (const line of text.split(/\r?\n/u)) {
      const [, name, pattern] = lineOfFile.exec(line) ?? []
      if (name === undefined || pattern === undefined || this.#patterns.has(name)) continue
      if (this.#patterns.size >= grokLimits.maxPatterns)
        throw new GrokError('GROK_LIMIT', 'too many patterns')
      this.#patterns.set(name, pattern)
    }
  }

  /** Names there are. */
  get names(): readonly string[] {
    return [...this.#patterns.keys()]
  }

  /** Compiles the pattern of a name. */
  compileName(name: string): Grok {
    if (!this.#patterns.has(name)) throw unknownPattern(name)
    return this.#compiled(this.#expandName(name, 0))
  }

  /** Compiles an inline pattern. */
  compile(pattern: string): Grok {
    return this.#compiled(this.#expand(pattern, 0))
  }

  /** Patterns compiled so far write only fields that somebody reads from now on. */
  writeOnly(reads: ReadFields): void {
    for (const grok of this.#groks) grok.writeOnly(reads)
  }

  /** All patterns are compiled and in their filters: gives back what only that needed. */
  finish(): void {
    for (const grok of this.#groks) grok.forget()
    this.#groks.length = 0
    this.#expanded.clear()
  }

  #compiled({ source, fields }: Expanded): Grok {
    const kept = [...new Set(fields.values())].toSorted((a, b) => a - b)
    const regex = this.#checked(keepGroups(source, new Set(kept)))
    const groups = new Map(kept.map((group, index) => [group, index + 1]))
    const grok = new Grok(
      regex,
      [...fields].map(([field, group]) => ({ field, group: groups.get(group) ?? 0 })),
    )
    this.#groks.push(grok)
    return grok
  }

  #checked(source: string): ReturnType<typeof compileRegex> {
    try {
      const engine = source.length > maxProvenLength ? 'linear' : 'auto'
      return compileRegex(source, { mode: 'string', dialect: 'go', engine })
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      const code = error.code === 'REGEX_LIMIT' ? 'GROK_LIMIT' : 'GROK_SYNTAX'
      throw new GrokError(code, error.message, { cause: error })
    }
  }

  #expandName(name: string, depth: number): Expanded {
    const known = this.#expanded.get(name)
    if (known !== undefined) return known
    const pattern = this.#patterns.get(name)
    if (pattern === undefined) throw unknownPattern(name)
    const expanded = this.#expand(pattern, depth)
    this.#expanded.set(name, expanded)
    return expanded
  }

  /**
   * Writes references out. Fields are found by counting groups: those of nested patterns exactly, those of the text
   * between references by `countedParentheses`, as the hub's rules were tried with that count.
   */
  #expand(pattern: string, depth: number): Expanded {
    if (depth > grokLimits.maxDepth)
      throw new GrokError('GROK_LIMIT', 'patterns refer to each other too deeply')
    const references = [...pattern.matchAll(reference)]
    if (references.length === 0) return { source: pattern, fields: new Map(), groups: countGroups(pattern) }
    const outer = new Set(references.map(([, , field]) => field))
    const fields = new Map<string, number>()
    let source = ''
    let next = 1
    let from = 0
    for (const match of references) {
      const [text, name = '', field] = match
      const between = pattern.slice(from, match.index)
      from = match.index + text.length
      next += countedParentheses(between)
      const nested = this.#expandName(name, depth + 1)
      source += `${between}(${nested.source})`
      if (source.length > grokLimits.maxExpanded)
        throw new GrokError('GROK_LIMIT', 'the pattern grows too long')
      if (field !== undefined) fields.set(field, next)
      for (const [inner, group] of nested.fields) if (!outer.has(inner)) fields.set(inner, next + group)
      next += nested.groups + 1
    }
    source += pattern.slice(from)
    const groups = countGroups(source)
    for (const [field, group] of fields) if (group > groups) fields.delete(field)
    return { source, fields, groups }
  }
}

function unknownPattern(name: string): GrokError {
  return new GrokError('GROK_UNKNOWN_PATTERN', `there is no pattern ${name}`)
}

/** Opening parentheses that count as groups between two references: a count over text, without a look at classes. */
function countedParentheses(text: string): number {
  const count = (form: RegExp): number => text.match(form)?.length ?? 0
  return count(/\(/gu) - count(/\(\?[imsU-]*:/gu) - count(/\(?[imsU-]+\)/gu) - count(/\\\(/gu)
}
