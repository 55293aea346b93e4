import type { Expression } from '../expr/expression.ts'
import type { CompiledCondition } from './compiled-scenario.ts'

/** What a posterior is computed from. */
export interface BayesianInput {
  readonly prior: number
  readonly conditions: readonly CompiledCondition[]
  /** Conditions that were true once; written. */
  readonly triggered: boolean[]
  readonly evaluate: (expression: Expression) => unknown
}

/** Bayes' rule in single precision, as the thresholds of rules were tuned. */
function update(prior: number, evil: number, benign: number): number {
  const f = Math.fround
  const numerator = f(f(evil) * f(prior))
  return f(numerator / f(numerator + f(f(benign) * f(1 - f(prior)))))
}

/** Probability of evil after all conditions were looked at. A condition that fails or gives no bool changes nothing. */
export function posteriorOf({ prior, conditions, triggered, evaluate }: BayesianInput): number {
  let posterior = Math.fround(prior)
  for (const [index, { expression, guillotine, probGivenEvil, probGivenBenign }] of conditions.entries()) {
    const value = guillotine && triggered[index] === true ? true : evaluate(expression)
    if (value === true) {
      triggered[index] = true
      posterior = update(posterior, probGivenEvil, probGivenBenign)
    } else if (value === false) {
      posterior = update(
        posterior,
        Math.fround(1 - Math.fround(probGivenEvil)),
        Math.fround(1 - Math.fround(probGivenBenign)),
      )
    }
  }
  return posterior
}
