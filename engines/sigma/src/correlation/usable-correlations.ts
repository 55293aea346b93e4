import { SigmaError } from '../error.ts'
import type { SigmaRule } from '../rule/sigma-rule.ts'
import type { CorrelationRule } from './correlation-rule.ts'

/** Correlations that can be used, and what is wrong with the others. */
export interface UsableCorrelations {
  readonly correlations: readonly CorrelationRule[]
  readonly problems: readonly { readonly source: string; readonly error: SigmaError }[]
}

function names(rules: readonly (SigmaRule | CorrelationRule)[]): Set<string> {
  return new Set(rules.flatMap(({ info: { id, name } }) => (name === undefined ? [id] : [id, name])))
}

/** Why a correlation cannot be used beside `others`; undefined when it can. */
function problemOf(
  { rules }: CorrelationRule,
  { known, settled }: { readonly known: ReadonlySet<string>; readonly settled: ReadonlySet<string> },
): string | undefined {
  const missing = rules.find((reference) => !known.has(reference))
  if (missing !== undefined) return `no usable rule is called ${missing}`
  const circle = rules.find((reference) => !settled.has(reference))
  return circle === undefined ? undefined : `${circle} cannot be used itself, or leads back here`
}

/** Names that stand on detection rules in the end, over any number of correlations. */
function settledNames(rules: readonly SigmaRule[], correlations: readonly CorrelationRule[]): Set<string> {
  const settled = names(rules)
  for (let before = -1; before !== settled.size;) {
    before = settled.size
    for (const correlation of correlations) {
      if (correlation.rules.every((reference) => settled.has(reference)))
        for (const name of names([correlation])) settled.add(name)
    }
  }
  return settled
}

/**
 * Leaves out correlations that name a rule that is not there, was refused itself, or leads back to them; and whatever
 * stands on those.
 */
export function usableCorrelations(
  rules: readonly SigmaRule[],
  all: readonly CorrelationRule[],
): UsableCorrelations {
  const settled = settledNames(rules, all)
  const known = new Set([...names(rules), ...names(all)])
  const problems: { source: string; error: SigmaError }[] = []
  const correlations = all.filter((correlation) => {
    const message = problemOf(correlation, { known, settled })
    if (message === undefined) return true
    const error = new SigmaError('SIGMA_CORRELATION', ['correlation', 'rules'], message)
    problems.push({ source: correlation.info.title, error })
    return false
  })
  return { correlations, problems }
}
