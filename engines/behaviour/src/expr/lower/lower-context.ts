import { ExprError, type ExprErrorCode } from '../error.ts'

import type { CompileCache } from '../compile-cache.ts'
import type { Environment, FunctionTable } from '../function-spec.ts'
import type { Ir } from '../ir/ir.ts'
import type { Ast } from '../syntax/ast.ts'
import type { ExprType } from '../type.ts'

/** A `let` variable in scope. */
export interface LocalName {
  readonly index: number
  readonly type: ExprType
  /** Its value when that is known beforehand. */
  readonly constant: Ir | undefined
}

/** What `#` means inside a predicate. */
export interface PredicateScope {
  /** Local that holds the item, in boxed form. */
  readonly item: number
  readonly element: ExprType
  readonly position: number
  readonly accumulator: { readonly index: number; readonly type: ExprType } | undefined
}

/** A value before a `?.`, held in a local. */
export interface PendingChain {
  readonly index: number
  readonly value: Ir
  readonly isNil: Ir
}

/** What lowering one expression needs. */
export class LowerContext {
  readonly source: string
  readonly environment: Environment
  readonly functions: FunctionTable
  readonly cache: CompileCache
  readonly names: Map<string, LocalName> = new Map<string, LocalName>()
  readonly predicates: PredicateScope[] = []
  /** Values before a `?.` of the chains that are being read, outermost last. */
  readonly pendingChains: PendingChain[] = []
  readonly lower: (ast: Ast) => Ir
  #locals = 0

  constructor(
    source: string,
    parts: {
      readonly environment: Environment
      readonly functions: FunctionTable
      readonly cache: CompileCache
      readonly lower: (ast: Ast, context: LowerContext) => Ir
    },
  ) {
    this.source = source
    this.environment = parts.environment
    this.functions = parts.functions
    this.cache = parts.cache
    this.lower = (ast) => parts.lower(ast, this)
  }

  /** A local that nothing else uses while `use` runs; equal expressions get equal numbers, so that they compare equal. */
  withLocals<T>(count: number, use: (first: number) => T): T {
    const first = this.#locals
    this.#locals += count
    const result = use(first)
    this.#locals = first
    return result
  }

  /** A local until {@link release}. */
  hold(): number {
    this.#locals += 1
    return this.#locals - 1
  }

  release(count: number): void {
    this.#locals -= count
  }

  error(message: string, at: number, code: ExprErrorCode = 'EXPR_TYPE'): ExprError {
    return new ExprError(code, message, { source: this.source, offset: at })
  }
}
