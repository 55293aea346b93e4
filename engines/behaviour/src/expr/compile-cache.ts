import { compileRegex, RegexError, type Regex } from '@sevenfold/regex'

import { builtinFunctions } from './builtins/builtin-functions.ts'
import { isInKnown } from './runtime/operations.ts'

import type { FunctionSpec, FunctionTable, KnownArgument } from './function-spec.ts'
import type { RuntimeFunction } from './ir/ir.ts'

const maxPatterns = 2_000
const maxDynamicPatterns = 64

/** The items behind each function of {@link CompileCache.oneOf}: the selection by equality reads them. */
export const oneOfItems: WeakMap<RuntimeFunction, ReadonlySet<unknown>> = new WeakMap<
  RuntimeFunction,
  ReadonlySet<unknown>
>()

/**
 * What expressions compiled together share: regexes by pattern, and functions made for known arguments. Sharing is
 * what lets a set see that two expressions ask the same.
 */
export class CompileCache {
  readonly #regexes = new Map<string, Regex>()
  readonly #dynamic = new Map<string, Regex>()
  readonly #tests = new Map<string, (text: unknown) => boolean>()
  readonly #lists = new Map<string, (value: unknown) => boolean>()
  readonly #tables = new WeakMap<FunctionTable, FunctionTable>()
  readonly #specialized = new Map<FunctionSpec, Map<string, RuntimeFunction | undefined>>()

  /** The builtins of the language and the helpers given, in one table. */
  functionsWith(helpers: FunctionTable | undefined): FunctionTable {
    if (helpers === undefined) return builtinFunctions
    let table = this.#tables.get(helpers)
    if (table === undefined) {
      table = new Map([...builtinFunctions, ...helpers])
      this.#tables.set(helpers, table)
    }
    return table
  }

  /** The regex of a pattern that stands in a rule. Throws RegexError. */
  regex(pattern: string): Regex {
    let regex = this.#regexes.get(pattern)
    if (regex === undefined) {
      regex = compileRegex(pattern, { mode: 'string' })
      // Most of a large rule set never runs.
      regex.forget()
      if (this.#regexes.size < maxPatterns) this.#regexes.set(pattern, regex)
    }
    return regex
  }

  /** `matches` against a pattern that stands in a rule: nil matches nothing. Throws RegexError. */
  tester(pattern: string): (text: unknown) => boolean {
    let test = this.#tests.get(pattern)
    if (test === undefined) {
      const regex = this.regex(pattern)
      test = (text) => typeof text === 'string' && regex.test(text)
      this.#tests.set(pattern, test)
    }
    return test
  }

  /** The regex of a pattern that an event supplies; the last 64 are kept. Undefined when it is no pattern. */
  dynamicRegex(pattern: string): Regex | undefined {
    const known = this.#dynamic.get(pattern)
    if (known !== undefined) return known
    try {
      const regex = compileRegex(pattern, {
        mode: 'string',
        limits: { maxPatternLength: 1_000, maxProgram: 5_000 },
      })
      if (this.#dynamic.size >= maxDynamicPatterns)
        this.#dynamic.delete(this.#dynamic.keys().next().value ?? '')
      this.#dynamic.set(pattern, regex)
      return regex
    } catch (error) {
      if (error instanceof RegexError) return undefined
      throw error
    }
  }

  /** Whether a value is one of those known beforehand; one function for equal lists. */
  oneOf(items: ReadonlySet<unknown>): (value: unknown) => boolean {
    const key = JSON.stringify([...items])
    let test = this.#lists.get(key)
    if (test === undefined) {
      // Among texts alone nothing needs to be changed before it is looked up.
      const isTexts = [...items].every((item) => typeof item === 'string')
      test = isTexts ? (value) => items.has(value) : (value) => isInKnown(value, items)
      oneOfItems.set(test, items)
      this.#lists.set(key, test)
    }
    return test
  }

  /** The function for a call some of whose arguments are known; one for all calls alike. */
  specialize(spec: FunctionSpec, known: readonly (KnownArgument | undefined)[]): RuntimeFunction | undefined {
    if (spec.specialize === undefined || known.every((argument) => argument === undefined)) return undefined
    const texts = known.map((argument) =>
      argument === undefined ? null : typeof argument.value === 'string' ? [argument.value] : undefined,
    )
    if (texts.includes(undefined)) return spec.specialize(known)
    const key = JSON.stringify(texts)
    let made = this.#specialized.get(spec)
    if (made === undefined)
      this.#specialized.set(spec, (made = new Map<string, RuntimeFunction | undefined>()))
    if (!made.has(key)) made.set(key, spec.specialize(known))
    return made.get(key)
  }
}
