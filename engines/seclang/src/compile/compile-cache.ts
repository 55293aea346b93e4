import { CacheBudget } from '@sevenfold/regex'
import type { OperatorMatcher } from '../operators/operator.ts'
import { needsOf, shortestMatch } from '../prefilter/link-needs.ts'
import type { LinkNeeds } from '../prefilter/link-needs.ts'
import type { LinkScanner } from '../prefilter/link-scanner.ts'
import { tellingKinds } from '../prefilter/sign-kinds.ts'

/** Most bytes that the automata of all expressions of the rule sets that share a cache hold together. */
export const maxAutomataBytes = 16_777_216

/**
 * What rule sets that are compiled one after the other have in common: patterns, phrase lists and literal automata.
 * Compiling a rule set again with some rules more then takes a fraction of the time, and sets for several sites a
 * fraction of the memory. Keep one as long as rule and data files stay as they are; results are the same without it.
 */
export class CompileCache {
  /** Memory of the lazily built automata. */
  readonly automata: CacheBudget = new CacheBudget(maxAutomataBytes)
  readonly #matchers = new Map<string, OperatorMatcher>()
  readonly #facts = new WeakMap<OperatorMatcher, MatcherFacts>()
  readonly #scanners = new Map<string, LinkScanner>()
  readonly #needs = new Map<OperatorMatcher, LinkNeeds | null>()
  #count = 0

  /** The matcher of a key, compiled at the first call. */
  matcher(key: string, compile: () => OperatorMatcher): OperatorMatcher {
    const known = this.#matchers.get(key)
    if (known !== undefined) return known
    const matcher = compile()
    this.#matchers.set(key, matcher)
    return matcher
  }

  /** What the prefilter plan has to know of a matcher. */
  facts(matcher: OperatorMatcher): MatcherFacts {
    const known = this.#facts.get(matcher)
    if (known !== undefined) return known
    const kinds = tellingKinds(matcher)
    const needs = this.needs(matcher)
    const facts = { number: this.#count++, shortest: needs === null ? null : shortestMatch(needs), kinds }
    this.#facts.set(matcher, facts)
    return facts
  }

  /** What a value must hold for a matcher, remembered until {@link forgetNeeds}. */
  needs(matcher: OperatorMatcher): LinkNeeds | null {
    const known = this.#needs.get(matcher)
    if (known !== undefined) return known
    const needs = needsOf(matcher)
    this.#needs.set(matcher, needs)
    matcher.forget?.()
    return needs
  }

  /** Frees what only the building of scanners needed. */
  forgetNeeds(): void {
    this.#needs.clear()
  }

  /** The scanner of a key, built at the first call. */
  scanner(key: string, build: () => LinkScanner): LinkScanner {
    const known = this.#scanners.get(key)
    if (known !== undefined) return known
    const scanner = build()
    this.#scanners.set(key, scanner)
    return scanner
  }
}

/** Facts of one matcher. */
export interface MatcherFacts {
  /** Tells matchers of one cache apart. */
  readonly number: number
  /** Fewest bytes of a value that it can match; null when nothing is known of what a match holds. */
  readonly shortest: number | null
  /** Kinds of signs (sign-kinds.ts) of which every match holds one; 0 when it may hold none. */
  readonly kinds: number
}
