import type { CompiledRuleSet } from '../../compile/compiled-rule-set.ts'
import { createSeclangInspector } from '../../transaction/seclang-inspector.ts'
import type { TraceEvent } from '../../transaction/tracer.ts'
import { inspectRequest } from '../eval/evaluate-request.ts'
import type { EvalRequest } from '../eval/evaluate-request.ts'
import { exclusionText } from './exclusion.ts'

/** One value that a rule looked at and found. */
export interface ExplainedValue {
  readonly variable: string
  /** Value before the first transformation and after each, the last one is what the operator saw. */
  readonly stages: readonly { readonly transformation: string | null; readonly value: string }[]
}

/** Why one rule matched. */
export interface ExplainedRule {
  readonly ruleId: string
  readonly message: string
  readonly operator: string
  readonly values: readonly ExplainedValue[]
  /** Score variables that the rule changed, with their new values. */
  readonly scores: readonly { readonly variable: string; readonly value: string }[]
  /** SecLang text of the least exclusion that keeps the rule quiet here; null when none can be written. */
  readonly exclusion: string | null
}

/** Result of {@link explainRequest}. */
export interface Explanation {
  readonly verdict: string
  readonly score: number
  readonly rules: readonly ExplainedRule[]
}

/** First id that suggested exclusions get. */
export const firstExclusionId = 10_000_000

/** Shows for one request each rule that matched and was logged: with which values, and what would leave it out. */
export function explainRequest(request: EvalRequest, ruleSet: CompiledRuleSet): Explanation {
  const events: TraceEvent[] = []
  const inspector = createSeclangInspector(ruleSet, { tracer: (event) => events.push(event) })
  const { verdict, report } = inspectRequest(request, inspector)
  const runs = ruleRuns(events)
  const path = request.uri.split(/[?#]/)[0] ?? ''
  const rules = report.matches.map((match, index) => {
    const run = runs.get(match.ruleId)
    return {
      ruleId: match.ruleId,
      message: match.message,
      operator: run?.operator ?? '',
      values: run?.values ?? [],
      scores: run?.scores ?? [],
      exclusion: suggest({
        ruleId: match.ruleId,
        path,
        variable: match.variable,
        id: firstExclusionId + index,
      }),
    }
  })
  return { verdict: verdict.kind, score: report.score, rules }
}

interface RuleRun {
  readonly operator: string
  readonly values: ExplainedValue[]
  readonly scores: { variable: string; value: string }[]
}

function ruleRuns(events: readonly TraceEvent[]): Map<string, RuleRun> {
  const runs = new Map<string, RuleRun>()
  let run: RuleRun = { operator: '', values: [], scores: [] }
  let stages: { transformation: string | null; value: string }[] = []
  for (const event of events) {
    switch (event.kind) {
      case 'rule':
        run = { operator: `@${event.operator} ${event.param}`.trim(), values: [], scores: [] }
        stages = []
        break
      case 'transformation':
        stages.push({ transformation: event.name, value: event.value })
        break
      case 'value':
        if (event.matched) {
          const first = { transformation: null, value: event.original }
          run.values.push({ variable: event.variable, stages: [first, ...stages] })
        }
        stages = []
        break
      case 'set':
        run.scores.push({ variable: event.variable, value: event.value })
        break
      case 'result':
        if (event.matched) runs.set(String(event.id), run)
        break
      default:
    }
  }
  return runs
}

function suggest(exclusion: { ruleId: string; path: string; variable: string; id: number }): string | null {
  // Rules that only add up scores look at TX: leaving them out would switch everything off.
  if (exclusion.variable === '' || exclusion.variable.startsWith('TX')) return null
  try {
    return exclusionText(exclusion)
  } catch {
    return null
  }
}
