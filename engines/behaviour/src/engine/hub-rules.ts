import type { CompiledContext } from '../alert/alert-context.ts'
import type { ExpressionSet } from '../expr/expression.ts'
import type { RuleDocument, RuleProblem } from '../hub/rule-document.ts'
import type { StageParser } from '../parse/stage-parser.ts'
import type { CompiledScenario } from '../scenario/compiled-scenario.ts'

/** A rule file: its documents in order. */
export interface RuleFile {
  readonly documents: readonly RuleDocument[]
}

/** A parser or postoverflow file with its stage (`s01-parse`). */
export interface StagedRuleFile extends RuleFile {
  readonly stage: string
  /** Name by which files of one stage are ordered. */
  readonly name: string
}

/** All rule files of an engine. */
export interface RuleFiles {
  /** Contents of pattern files, in order. */
  readonly patterns: readonly string[]
  readonly parsers: readonly StagedRuleFile[]
  readonly postoverflows: readonly StagedRuleFile[]
  readonly scenarios: readonly RuleFile[]
  readonly contexts: readonly RuleFile[]
}

/** Rules ready to run. Belongs to one engine: expressions and enrichers use its facilities. */
export interface HubRules {
  readonly parsers: StageParser
  readonly postoverflows: StageParser
  readonly scenarios: readonly CompiledScenario[]
  /** Filters of the scenarios, by the same numbers. */
  readonly filters: ExpressionSet
  readonly contexts: readonly CompiledContext[]
  readonly problems: readonly RuleProblem[]
}
