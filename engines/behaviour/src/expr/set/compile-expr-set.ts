import { toClosure } from '../backend/closures.ts'
import { generate, type Compiled } from '../backend/generate.ts'
import { CompileCache } from '../compile-cache.ts'
import { lowerExpr, RunnableExpression, type CompileOptions } from '../compile-expr.ts'
import { isPure, type Ir, type StepBudget } from '../ir/ir.ts'
import { defaultExprLimits } from '../limits.ts'
import { planSelection } from './selection.ts'
import { shareParts } from './share-parts.ts'
import { SharedValues } from './shared-values.ts'

import type { Expression, ExpressionSet, ExprScope } from '../expression.ts'
import type { Environment } from '../function-spec.ts'

/**
 * Compiles many expressions over one environment into a set (see {@link ExpressionSet}). Throws as `compileExpr`, for
 * the first source that does not compile.
 */
export function compileExprSet(
  sources: readonly string[],
  environment: Environment,
  options: CompileOptions = {},
): ExpressionSet {
  const cache = options.cache ?? new CompileCache()
  const lowered = sources.map((source) => lowerExpr(source, environment, { ...options, cache }))
  const selection = planSelection(lowered.map(({ node }) => node))
  const plan = shareParts([...lowered.map(({ node }) => node), ...selection.texts])
  const shared = new SharedValues(plan.slots.length, plan.groups)
  const budget: StepBudget = { left: 0 }
  const scope = { current: [] as ExprScope }
  const functions = compiled([...plan.slots, ...plan.expressions], {
    budget,
    shared,
    closures: options.backend === 'closures',
  })
  const slots = functions.slice(0, plan.slots.length)
  for (const [slot, compute] of slots.entries()) shared.define(slot, () => compute(scope.current))
  const rest = functions.slice(plan.slots.length)
  const maxSteps = { ...defaultExprLimits, ...options.limits }.maxSteps
  const expressions = lowered.map((node, index): Expression => {
    const run = rest[index] ?? (() => null)
    const pure = isPure(node.node)
    const inScope: Compiled = (values) => {
      scope.current = values
      if (pure) return run(values)
      try {
        return run(values)
      } finally {
        // What it wrote may be what others remember.
        shared.epoch += 1
      }
    }
    return new RunnableExpression({ source: sources[index] ?? '', node, run: inScope, budget, maxSteps })
  })
  const texts = rest.slice(lowered.length)
  return new CompiledSet(expressions, {
    shared,
    scope,
    texts,
    byValue: selection.byValue,
    always: selection.always,
  })
}

interface CompiledOptions {
  readonly budget: StepBudget
  readonly shared: SharedValues
  readonly closures: boolean
}

function compiled(nodes: readonly Ir[], { budget, shared, closures }: CompiledOptions): readonly Compiled[] {
  if (!closures) return generate(nodes, { budget, shared })
  return nodes.map((node) => {
    const closure = toClosure(node, { budget, shared })
    return (scope) => closure({ scope, locals: [] })
  })
}

interface SetParts {
  readonly shared: SharedValues
  readonly scope: { current: ExprScope }
  readonly texts: readonly Compiled[]
  readonly byValue: readonly ReadonlyMap<string, readonly number[]>[]
  readonly always: readonly number[]
}

/** Combinations of values whose candidates are remembered. */
const maxCombinations = 1_024

class CompiledSet implements ExpressionSet {
  readonly expressions: readonly Expression[]
  readonly #parts: SetParts
  readonly #candidates = new Map<string, readonly number[]>()

  constructor(expressions: readonly Expression[], parts: SetParts) {
    this.expressions = expressions
    this.#parts = parts
  }

  get size(): number {
    return this.expressions.length
  }

  begin(): void {
    this.#parts.shared.epoch += 1
  }

  select(
    scope: ExprScope,
    matched: (index: number) => void,
    failed?: (index: number, error: unknown) => void,
  ): void {
    let candidates = this.#possible(scope)
    for (let place = 0; place < candidates.length; place++) {
      const index = candidates[place] ?? 0
      const expression = this.expressions[index]
      try {
        if (expression?.test(scope) === true) matched(index)
      } catch (error) {
        failed?.(index, error)
      }
      if (expression?.pure !== false) continue
      // What it wrote may make others possible that come after it.
      candidates = this.#possible(scope).filter((other) => other > index)
      place = -1
    }
  }

  /** Numbers of the expressions that can be true, in order. */
  #possible(scope: ExprScope): readonly number[] {
    const { texts, byValue, always, scope: current } = this.#parts
    current.current = scope
    let key = ''
    for (const [place, text] of texts.entries()) {
      const value = safely(text, scope)
      key +=
        value !== undefined && byValue[place]?.has(value) === true ? `${String(value.length)}:${value}` : '-'
    }
    let candidates = this.#candidates.get(key)
    if (candidates === undefined) {
      const found = texts.flatMap((text, place) => byValue[place]?.get(safely(text, scope) ?? '') ?? [])
      candidates = [...new Set([...always, ...found])].sort((a, b) => a - b)
      if (this.#candidates.size < maxCombinations) this.#candidates.set(key, candidates)
    }
    return candidates
  }
}

/** The value of a text; undefined when its evaluation fails, as that of the expressions that need it would. */
function safely(text: Compiled, scope: ExprScope): string | undefined {
  try {
    const value = text(scope)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
