import { neverOperator } from '../../compile/compile-operator.ts'
import type { CompiledRule, CompiledRuleSet, Link } from '../../compile/compiled-rule-set.ts'
import { compilePattern } from '../../operators/pattern.ts'
import type { SourcePosition } from '../../language/source-position.ts'

/** What lint looks for. */
export const lintKinds = [
  'exclusion-hits-nothing',
  'left-out',
  'missing-phase',
  'never-matches',
  'no-effect',
  'open-quote',
  'slow-pattern',
] as const

/** One finding in a rule set that compiles. */
export interface LintFinding {
  readonly kind: (typeof lintKinds)[number]
  readonly at: SourcePosition
  readonly ruleId: number | null
  readonly message: string
}

/** Finds rules that cannot do what they seem to do. Nothing here keeps a rule set from running. */
export function lintRuleSet(ruleSet: CompiledRuleSet): LintFinding[] {
  const findings: LintFinding[] = ruleSet.warnings.map((warning) => ({ ...warning, ruleId: null }))
  for (const rule of ruleSet.rules) {
    findings.push(...phaseFindings(rule))
    for (let link: Link | null = rule.link; link !== null; link = link.next)
      findings.push(...linkFindings(rule, link))
  }
  return findings
}

function phaseFindings(rule: CompiledRule): LintFinding[] {
  if (/\bphase\s*:/.test(rule.text)) return []
  return [
    { kind: 'missing-phase', at: rule.at, ruleId: rule.id, message: 'no phase is given; phase 2 is taken' },
  ]
}

const responseOnly = /^RESPONSE_/
const bodyOnly = /^(?:ARGS_POST|FILES|MULTIPART_|REQUEST_BODY$|XML$)/

function linkFindings(rule: CompiledRule, link: Link): LintFinding[] {
  const findings: LintFinding[] = []
  const labels = link.targets.map((target) => target.label)
  if (labels.length > 0 && labels.every((label) => isTooEarly(label, rule.phase))) {
    const message = `${labels.join(', ')} has no value yet in phase ${rule.phase}`
    findings.push({ kind: 'never-matches', at: rule.at, ruleId: rule.id, message })
  }
  if (link.operatorName.toLowerCase() === 'nomatch') {
    findings.push({ kind: 'never-matches', at: rule.at, ruleId: rule.id, message: '@noMatch never matches' })
  }
  if (isLowerCasedAway(link)) {
    const message = 'the pattern asks for capital letters after t:lowercase'
    findings.push({ kind: 'never-matches', at: rule.at, ruleId: rule.id, message })
  }
  if (
    link.operatorName.toLowerCase() === 'rx' &&
    link.operator !== neverOperator &&
    isSlow(link.operatorParam)
  ) {
    const message = 'the pattern has no literal that it needs: it is tried on every value'
    findings.push({ kind: 'slow-pattern', at: rule.at, ruleId: rule.id, message })
  }
  return findings
}

function isTooEarly(label: string, phase: number): boolean {
  return (responseOnly.test(label) && phase < 3) || (bodyOnly.test(label) && phase < 2)
}

function isLowerCasedAway(link: Link): boolean {
  if (link.chain.transformation?.name !== 'lowercase' || link.operatorName.toLowerCase() !== 'streq')
    return false
  return /[A-Z]/.test(link.operatorParam) && !link.operatorParam.includes('%{')
}

function isSlow(pattern: string): boolean {
  const { regex } = compilePattern(pattern, { multiline: false })
  return regex.requiredLiterals.length === 0 && regex.requiredBytes === undefined && !pattern.startsWith('^')
}
