import { toClosure } from './backend/closures.ts'
import { generate, type Compiled } from './backend/generate.ts'
import { CompileCache } from './compile-cache.ts'
import { ExprError } from './error.ts'
import { isPure, type Ir, type StepBudget } from './ir/ir.ts'
import { defaultExprLimits, type ExprLimits } from './limits.ts'
import { boxed } from './lower/coerce.ts'
import { LowerContext } from './lower/lower-context.ts'
import { lower } from './lower/lower.ts'
import { Fault } from './runtime/fault.ts'
import { parseExpr } from './syntax/parse-expr.ts'

import type { Expression, ExprScope } from './expression.ts'
import type { FieldReads } from './syntax/field-reads.ts'
import type { Environment, FunctionTable } from './function-spec.ts'
import type { SharedValues } from './set/shared-values.ts'

/** How to compile. */
export interface CompileOptions {
  /** Helpers beside the builtins of the language; see `createHelpers`. */
  readonly helpers?: FunctionTable
  /**
   * `tiered` (default): closures at first, functions made of the typed intermediate form once an expression runs often.
   * `generate`: functions at once. `closures`: no code is made, ever; for where making code is forbidden.
   */
  readonly backend?: 'tiered' | 'generate' | 'closures'
  /** Shared by expressions compiled together: saves compiling equal patterns twice. */
  readonly cache?: CompileCache
  readonly limits?: Partial<ExprLimits>
  /** Notes what the expression reads. */
  readonly reads?: FieldReads
}

/**
 * Compiles an expression of the language of expr-lang/expr 1.17, checked against the names and types of an environment.
 * Throws {@link ExprError} with the position: EXPR_SYNTAX, EXPR_TYPE or EXPR_LIMIT.
 */
export function compileExpr(
  source: string,
  environment: Environment,
  options: CompileOptions = {},
): Expression {
  const limits = { ...defaultExprLimits, ...options.limits }
  const node = lowerExpr(source, environment, { ...options, limits })
  const budget: StepBudget = { left: 0 }
  const run = runnerOf(node, budget, options.backend ?? 'tiered')
  return new RunnableExpression({ source, node, run, budget, maxSteps: limits.maxSteps })
}

/** The typed intermediate form of an expression, its value boxed. Throws as {@link compileExpr}. */
export function lowerExpr(source: string, environment: Environment, options: CompileOptions): LoweredExpr {
  const tree = parseExpr(source, { ...defaultExprLimits, ...options.limits })
  options.reads?.note(tree)
  const cache = options.cache ?? new CompileCache()
  const functions = cache.functionsWith(options.helpers)
  const context = new LowerContext(source, { environment, functions, cache, lower })
  const node = lower(tree, context)
  return { type: node.type, node: boxed(node) }
}

/** An expression's type and its form, whose value is boxed. */
export interface LoweredExpr {
  readonly type: Ir['type']
  readonly node: Ir
}

/** A form as a function, without making code. */
export function closureOf(
  { node }: LoweredExpr,
  context: { readonly budget: StepBudget; readonly shared: SharedValues | undefined },
): Compiled {
  const closure = toClosure(node, context)
  const locals: unknown[] = []
  return (scope) => closure({ scope, locals })
}

function runnerOf(
  node: LoweredExpr,
  budget: StepBudget,
  backend: NonNullable<CompileOptions['backend']>,
): Compiled {
  if (backend === 'tiered') return tieredOf(node, budget)
  return backend === 'closures' ? closureOf(node, { budget, shared: undefined }) : generatedOf(node, budget)
}

function generatedOf({ node }: LoweredExpr, budget: StepBudget): Compiled {
  return generate([node], { budget, shared: undefined })[0] ?? (() => null)
}

/** Evaluations after which code is made: most expressions of a large rule set never run, or once. */
const runsBeforeCode = 8

/** A form as closures at first, and as made code once it runs often. Both do the same. */
function tieredOf(node: LoweredExpr, budget: StepBudget): Compiled {
  let runs = 0
  let current: Compiled | undefined
  return (scope) => {
    runs += 1
    if (runs === 1) current = closureOf(node, { budget, shared: undefined })
    else if (runs === runsBeforeCode) current = generatedOf(node, budget)
    return current?.(scope)
  }
}

/** What an expression is made of. */
export interface ExpressionParts {
  readonly source: string
  readonly node: LoweredExpr
  readonly run: Compiled
  readonly budget: StepBudget
  readonly maxSteps: number
}

/** Runs a compiled form with its budget, and gives its failures their position. */
export class RunnableExpression implements Expression {
  readonly source: string
  readonly type: Ir['type']
  readonly pure: boolean
  readonly #run: Compiled
  readonly #budget: StepBudget
  readonly #maxSteps: number

  constructor({ source, node, run, budget, maxSteps }: ExpressionParts) {
    this.source = source
    this.type = node.type
    this.pure = isPure(node.node)
    this.#run = run
    this.#budget = budget
    this.#maxSteps = maxSteps
  }

  evaluate(scope: ExprScope): unknown {
    this.#budget.left = this.#maxSteps
    try {
      return this.#run(scope) ?? null
    } catch (error) {
      throw this.#failed(error)
    }
  }

  test(scope: ExprScope): boolean {
    const value = this.evaluate(scope)
    if (typeof value === 'boolean') return value
    throw new ExprError('EXPR_RUN', 'the expression gives no bool', { source: this.source, offset: 0 })
  }

  /** Whatever goes wrong inside (a text too long for the engine, a value of another shape) is the evaluation's failure. */
  #failed(error: unknown): ExprError {
    const offset = error instanceof Fault ? Math.max(0, error.offset) : 0
    const message = error instanceof Error ? error.message : String(error)
    return new ExprError('EXPR_RUN', message, { source: this.source, offset })
  }
}
