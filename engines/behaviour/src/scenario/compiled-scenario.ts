import type { Expression } from '../expr/expression.ts'
import type { BayesianCondition, ScenarioSpec } from '../hub/scenario-spec.ts'

/** A condition of a bayesian bucket, compiled. */
export interface CompiledCondition extends Omit<BayesianCondition, 'condition'> {
  readonly expression: Expression
}

/** Numbers of one scenario since the start. */
export interface ScenarioCounters {
  /** Events that passed its filter. */
  matched: number
  poured: number
  overflowed: number
  /** Overflows that its blackhole or overflow_filter kept back. */
  withheld: number
  /** Evaluations that failed on what an event held. */
  failed: number
  /** CPU time in microseconds, estimated from samples; 0 without a stopwatch. */
  cpuMicros: number
}

/** A scenario ready to run. Times in milliseconds. */
export interface CompiledScenario {
  readonly spec: ScenarioSpec
  readonly groupBy: Expression | undefined
  readonly distinct: Expression | undefined
  readonly cancelOn: Expression | undefined
  readonly condition: Expression | undefined
  readonly overflowFilter: Expression | undefined
  readonly scopeExpression: Expression | undefined
  readonly conditions: readonly CompiledCondition[]
  readonly leakSpeedMs: number
  /** An idle bucket older than this stands for nothing any more; of a counter: its window. */
  readonly lifetimeMs: number
  readonly blackholeMs: number
  /** Events that a bucket keeps beside the last. */
  readonly queueSize: number
  readonly counters: ScenarioCounters
  isDisabled: boolean
}
