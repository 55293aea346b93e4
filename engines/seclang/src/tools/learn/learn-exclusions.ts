import type { CompiledRuleSet } from '../../compile/compiled-rule-set.ts'
import { createSeclangInspector } from '../../transaction/seclang-inspector.ts'
import { evaluateRequest, inspectRequest } from '../eval/evaluate-request.ts'
import type { EvalRequest } from '../eval/evaluate-request.ts'
import { exclusionText } from '../explain/exclusion.ts'
import type { Exclusion } from '../explain/exclusion.ts'
import { firstExclusionId } from '../explain/explain-request.ts'

/** What learning works on. */
export interface LearnInput {
  /** Requests that must pass. */
  readonly benign: readonly EvalRequest[]
  /** Requests that must not. */
  readonly attacks: readonly EvalRequest[]
  /** Compiles the rules with this SecLang text in front of them. */
  readonly compile: (exclusions: string) => CompiledRuleSet
}

/** An exclusion that would help, and its price. */
export interface LearnedExclusion extends Exclusion {
  /** SecLang. */
  readonly text: string
  /** Benign requests that ran into the rule there. */
  readonly requests: number
  /** Ids of attacks that are blocked today and would pass with this exclusion alone. */
  readonly letsThrough: readonly string[]
}

/** Result of {@link learnExclusions}. */
export interface Learned {
  readonly exclusions: readonly LearnedExclusion[]
  /** Benign requests blocked today. */
  readonly blocked: number
  /** Of these, the ones that stay blocked: no rule there names a parameter, or none can be written exactly. */
  readonly stillBlocked: readonly string[]
  /** Attacks blocked today. */
  readonly attacksBlocked: number
  /** Of these, the ones that would pass with all exclusions together. */
  readonly letsThrough: readonly string[]
}

/** Rules behind a first one show only when it is out of the way: so many times are the requests judged again. */
const mostRounds = 8
/** More exclusions than this are no exclusions but a rule set that does not fit. */
export const mostExclusions = 500

function pathOf(uri: string): string {
  return uri.split(/[?#]/)[0] ?? ''
}

function isBlocked(request: EvalRequest, set: CompiledRuleSet): boolean {
  // Each request is judged on its own: what one client did must not tell on the next.
  return evaluateRequest(request, createSeclangInspector(set)).verdict === 'block'
}

interface Proposal {
  readonly exclusion: Exclusion
  readonly text: string
  readonly requests: Set<string>
}

/** Adds what would keep the rules quiet that matched; true when something new came of it. */
function propose(request: EvalRequest, set: CompiledRuleSet, into: Map<string, Proposal>): boolean {
  const { report } = inspectRequest(request, createSeclangInspector(set))
  let isNew = false
  for (const { ruleId, variable } of report.matches) {
    // Rules that only add up scores look at TX: leaving them out would switch everything off.
    if (variable === '' || variable.startsWith('TX')) continue
    const path = pathOf(request.uri)
    const key = `${ruleId} ${variable} ${path}`
    const known = into.get(key)
    if (known !== undefined) known.requests.add(request.id)
    else if (into.size < mostExclusions) {
      const exclusion = { ruleId, path, variable, id: firstExclusionId + into.size }
      try {
        into.set(key, { exclusion, text: exclusionText(exclusion), requests: new Set([request.id]) })
        isNew = true
      } catch {
        // Nothing exact can be written for it: the request is reported as still blocked.
      }
    }
  }
  return isNew
}

function textOf(proposals: ReadonlyMap<string, Proposal>): string {
  return Array.from(proposals.values(), ({ text }) => text).join('')
}

/**
 * Proposes exclusions of one rule, one path and one parameter each, with which blocked benign requests pass, and
 * judges the attacks again with each of them: what an exclusion lets through is its price.
 */
export function learnExclusions({ benign, attacks, compile }: LearnInput): Learned {
  const base = compile('')
  const blocked = benign.filter((request) => isBlocked(request, base))
  const proposals = new Map<string, Proposal>()
  let [set, left] = [base, blocked]
  for (let round = 0; round < mostRounds && left.length > 0; round += 1) {
    let isNew = false
    for (const request of left) isNew = propose(request, set, proposals) || isNew
    if (!isNew) break
    set = compile(textOf(proposals))
    const current = set
    left = left.filter((request) => isBlocked(request, current))
  }
  const stopped = attacks.filter((request) => isBlocked(request, base))
  const passing = (requests: readonly EvalRequest[], rules: CompiledRuleSet): string[] =>
    requests.filter((request) => !isBlocked(request, rules)).map(({ id }) => id)
  const together = proposals.size === 0 ? [] : passing(stopped, set)
  const suspects = new Set(together)
  const exclusions = Array.from(proposals.values(), ({ exclusion, text, requests }): LearnedExclusion => {
    // Alone it lets through no more than together with the others, and nothing on other paths.
    const near = stopped.filter(({ id, uri }) => suspects.has(id) && pathOf(uri) === exclusion.path)
    const letsThrough = near.length === 0 ? [] : passing(near, compile(text))
    return { ...exclusion, text, requests: requests.size, letsThrough }
  })
  return {
    exclusions: exclusions.toSorted((a, b) => b.requests - a.requests),
    blocked: blocked.length,
    stillBlocked: left.map(({ id }) => id),
    attacksBlocked: stopped.length,
    letsThrough: together,
  }
}
