import { toClosure } from '../backend/closures.ts'
import { generate, type Compiled } from '../backend/generate.ts'
import { CompileCache } from '../compile-cache.ts'
import { lowerExpr, RunnableExpression, type CompileOptions } from '../compile-expr.ts'
import { ExprError } from '../error.ts'
import { isPure, partsOf, withParts, type Ir, type RuntimeFunction, type StepBudget } from '../ir/ir.ts'
import { defaultExprLimits } from '../limits.ts'
import { Candidates } from './candidates.ts'
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
  const events = { shared: undefined as SharedValues | undefined }
  // What an expression wrote may be what others remember.
  const forget = (): void => events.shared?.forget()
  const lowered = sources.map((source) => {
    const { node, type } = lowerExpr(source, environment, { ...options, cache })
    return { node: isPure(node) ? node : noticed(node, forget), type }
  })
  const selection = planSelection(lowered.map(({ node }) => node))
  const plan = shareParts([...lowered.map(({ node }) => node), ...selection.texts])
  const shared = new SharedValues(plan.slots.length, plan.groups)
  events.shared = shared
  const budget: StepBudget = { left: 0 }
  const functions = compiled([...plan.slots, ...plan.expressions], {
    budget,
    shared,
    closures: options.backend === 'closures',
  })
  const slots = functions.slice(0, plan.slots.length)
  for (const [slot, compute] of slots.entries()) shared.define(slot, compute)
  const runs = functions.slice(slots.length, slots.length + lowered.length)
  const texts = functions.slice(slots.length + lowered.length)
  const maxSteps = { ...defaultExprLimits, ...options.limits }.maxSteps
  const expressions = lowered.map((node, index): Expression => {
    const own = runs[index] ?? (() => null)
    const run: Compiled = (values) => {
      shared.scope = values
      return own(values)
    }
    return new RunnableExpression({ source: sources[index] ?? '', node, run, budget, maxSteps })
  })
  const guards = texts.map((value, place) => ({
    value,
    byValue: selection.byValue[place] ?? new Map<string, number[]>(),
  }))
  return new CompiledSet(expressions, {
    runs,
    shared,
    budget,
    maxSteps,
    candidates: new Candidates(guards, selection.always),
  })
}

/** The node with calls that write telling of it once they were made. */
function noticed(node: Ir, written: () => void): Ir {
  const parts = partsOf(node)
  const made =
    parts.length === 0
      ? node
      : withParts(
          node,
          parts.map((part) => noticed(part, written)),
        )
  if (made.kind !== 'call' || made.pure) return made
  const call = made.fn as (...args: unknown[]) => unknown
  const fn: RuntimeFunction = (...args: unknown[]) => {
    try {
      return call(...args)
    } finally {
      written()
    }
  }
  return { ...made, fn }
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
  readonly runs: readonly Compiled[]
  readonly shared: SharedValues
  readonly budget: StepBudget
  readonly maxSteps: number
  readonly candidates: Candidates
}

class CompiledSet implements ExpressionSet {
  readonly expressions: readonly Expression[]
  readonly #parts: SetParts

  constructor(expressions: readonly Expression[], parts: SetParts) {
    this.expressions = expressions
    this.#parts = parts
  }

  get size(): number {
    return this.expressions.length
  }

  begin(): void {
    this.#parts.shared.forget()
  }

  // Hot: runs for each event over all scenarios. `sevenfold detect bench` measures it.
  select(
    scope: ExprScope,
    matched: (index: number) => void,
    failed?: (index: number, error: unknown) => void,
  ): void {
    const { runs, shared, budget, maxSteps, candidates } = this.#parts
    shared.scope = scope
    let { epoch } = shared
    let possible = candidates.of(scope)
    for (let place = 0; place < possible.length; place++) {
      const index = possible[place] ?? 0
      budget.left = maxSteps
      try {
        const value = runs[index]?.(scope)
        if (value === true) matched(index)
        else if (value !== false) failed?.(index, this.#noBool(index))
      } catch (error) {
        failed?.(index, error)
      }
      if (shared.epoch === epoch) continue
      // What was written may make others possible that come after it.
      epoch = shared.epoch
      possible = candidates.of(scope).filter((other) => other > index)
      place = -1
    }
  }

  #noBool(index: number): ExprError {
    const source = this.expressions[index]?.source ?? ''
    return new ExprError('EXPR_RUN', 'the expression gives no bool', { source, offset: 0 })
  }
}
