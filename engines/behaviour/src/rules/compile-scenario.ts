import type { Expression } from '../expr/expression.ts'
import type { RulePlace } from '../hub/rule-reader.ts'
import type { ScenarioSpec } from '../hub/scenario-spec.ts'
import type { CompiledCondition, CompiledScenario } from '../scenario/compiled-scenario.ts'
import type { CompileContext } from './compile-context.ts'
import type { ExpressionPlace } from './expression-factory.ts'

/** Events that a bucket without a capacity keeps at most; the oldest go first. */
export const maxQueuedEvents = 1_000

/** Compiles a scenario; undefined when something in it is wrong, which is reported. */
export function compileScenario(spec: ScenarioSpec, context: CompileContext): CompiledScenario | undefined {
  const before = context.problems.length
  const compile = (key: string, source: string, place: ExpressionPlace = 'event'): Expression | undefined =>
    source === '' ? undefined : context.expression(source, { place: spec.place, key, in: place })
  // Compiled here for its errors only: filters run as one set.
  compile('filter', spec.filter)
  const scenario: CompiledScenario = {
    spec: { ...spec, place: startOf(spec.place) },
    groupBy: compile('groupby', spec.groupBy),
    distinct: compile('distinct', spec.distinct),
    cancelOn: compile('cancel_on', spec.cancelOn),
    condition: compile('condition', spec.condition, 'bucket'),
    overflowFilter: compile('overflow_filter', spec.overflowFilter, 'overflow'),
    scopeExpression: compile('scope', spec.scope.expression),
    conditions: compileConditions(spec, context),
    leakSpeedMs: spec.leakSpeedNs / 1e6,
    lifetimeMs: lifetimeMs(spec),
    blackholeMs: spec.blackholeNs / 1e6,
    queueSize: queueSize(spec),
    counters: { matched: 0, poured: 0, overflowed: 0, withheld: 0, failed: 0, cpuMicros: 0 },
    isDisabled: false,
  }
  return context.problems.length > before ? undefined : scenario
}

/** A place that only knows where the rule starts: that of each key would keep the whole document in memory. */
function startOf(place: RulePlace): RulePlace {
  return placeAt(place.file, place.at())
}

function placeAt(file: string, start: ReturnType<RulePlace['at']>): RulePlace {
  return { file, at: () => start }
}

function compileConditions(spec: ScenarioSpec, context: CompileContext): readonly CompiledCondition[] {
  const compiled = spec.bayesian?.conditions.map(({ condition, ...rest }) => {
    const at = { place: spec.place, key: 'bayesian_conditions', in: 'bucket' as const }
    const expression = context.expression(condition, at)
    return expression === undefined ? undefined : { ...rest, expression }
  })
  return compiled?.filter((item) => item !== undefined) ?? []
}

function lifetimeMs({ type, capacity, leakSpeedNs, durationNs }: ScenarioSpec): number {
  if (type === 'conditional' || type === 'bayesian') return leakSpeedNs / 1e6
  if (durationNs > 0) return durationNs / 1e6
  return capacity > 0 ? ((capacity + 1) * leakSpeedNs) / 1e6 : 0
}

function queueSize({ capacity, cacheSize }: ScenarioSpec): number {
  if (capacity === -1) return Math.min(cacheSize > 0 ? cacheSize : maxQueuedEvents, maxQueuedEvents)
  return Math.min(cacheSize > 0 && cacheSize <= capacity ? cacheSize : capacity, maxQueuedEvents)
}
