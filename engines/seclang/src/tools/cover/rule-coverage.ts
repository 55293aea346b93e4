import type { CompiledRuleSet } from '../../compile/compiled-rule-set.ts'
import { createSeclangInspector } from '../../transaction/seclang-inspector.ts'
import { inspectRequest } from '../eval/evaluate-request.ts'
import type { EvalRequest } from '../eval/evaluate-request.ts'

/** How often one rule fired. */
export interface RuleCoverage {
  readonly ruleId: number
  readonly file: string
  readonly line: number
  /** False for rules that only steer: they set variables and skip, and are never reported. */
  readonly log: boolean
  /** Requests on which the rule matched as a whole, with its chain. */
  readonly requests: number
}

/** Counts over a corpus, request by request, which rules of a set fire. */
export interface CoverageRun {
  /** Judges one request. */
  add(request: EvalRequest): void
  /** All rules with a condition, in the order of the set. */
  result(): readonly RuleCoverage[]
}

/**
 * Starts counting. Every rule is evaluated (no prefilter), so this takes many times what judging takes. For the
 * counts a rule set that only detects is best: one that denies ends requests before later rules see them.
 */
export function ruleCoverage(ruleSet: CompiledRuleSet): CoverageRun {
  const counts = new Map<number, number>()
  const fired = new Set<number>()
  return {
    add: (request) => {
      fired.clear()
      const inspector = createSeclangInspector(ruleSet, {
        tracer: (event) => {
          if (event.kind === 'result' && event.matched) fired.add(event.id)
        },
      })
      inspectRequest(request, inspector)
      for (const id of fired) counts.set(id, (counts.get(id) ?? 0) + 1)
    },
    result: () =>
      ruleSet.rules
        .filter(({ id, link }) => id > 0 && link.targets.length > 0)
        .map(({ id, at, log }) => ({
          ruleId: id,
          file: at.file,
          line: at.line,
          log,
          requests: counts.get(id) ?? 0,
        })),
  }
}
