export { readNuclei, type NucleiRequest, type NucleiTemplate } from './appsec/nuclei-request.ts'
export { runNucleiTemplate } from './appsec/run-nuclei-template.ts'
export { languageSupport, type LanguageSupport, type SupportEntry } from './support/language-support.ts'
export { supportTables } from './support/support-document.ts'
export {
  evaluateRequest,
  inspectRequest,
  type EvalAnswer,
  type EvalRequest,
} from './eval/evaluate-request.ts'
export { crsSetup, engineSetup, type SetupOptions } from './eval/setup-text.ts'
export { exclusionText, type Exclusion } from './explain/exclusion.ts'
export {
  explainRequest,
  firstExclusionId,
  type ExplainedRule,
  type ExplainedValue,
  type Explanation,
} from './explain/explain-request.ts'
export type { FtwTest } from './ftw/ftw-test.ts'
export { readFtwDocument } from './ftw/read-ftw-document.ts'
export { runFtwTest, type FtwOutcome } from './ftw/run-ftw-test.ts'
export {
  mostExclusions,
  learnExclusions,
  type Learned,
  type LearnedExclusion,
  type LearnInput,
} from './learn/learn-exclusions.ts'
export { ruleCoverage, type CoverageRun, type RuleCoverage } from './cover/rule-coverage.ts'
export { lintKinds, lintRuleSet, type LintFinding } from './lint/lint-rule-set.ts'
export { evaluateUnitCase, type UnitAnswer, type UnitCase } from '../operators/unit-case.ts'
