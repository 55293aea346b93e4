import type { ExprType } from '../type.ts'

/**
 * The typed intermediate form that both back ends take. Every node says its type; values are in that type's form.
 * Nothing in it is text that a back end could splice into code: constants and functions are values.
 */
export type Ir =
  | { readonly kind: 'constant'; readonly type: ExprType; readonly value: unknown }
  /** A variable of the environment. */
  | { readonly kind: 'variable'; readonly type: ExprType; readonly slot: number }
  /** A `let` variable, or what a predicate looks at. */
  | { readonly kind: 'local'; readonly type: ExprType; readonly index: number }
  /** A field of a struct; fails when the struct is nil. */
  | {
      readonly kind: 'field'
      readonly type: ExprType
      readonly of: Ir
      readonly name: string
      readonly at: number
    }
  /** A function's result. `at`: the function gets the offset as last argument. */
  | {
      readonly kind: 'call'
      readonly type: ExprType
      readonly fn: RuntimeFunction
      readonly args: readonly Ir[]
      readonly pure: boolean
      readonly at?: number
      /** Set when the same arguments may give something else another time. */
      readonly volatile?: true
    }
  | {
      readonly kind: 'operator'
      readonly type: ExprType
      readonly operator: IrOperator
      readonly left: Ir
      readonly right: Ir
    }
  | { readonly kind: 'not'; readonly type: ExprType; readonly of: Ir }
  | { readonly kind: 'and' | 'or'; readonly type: ExprType; readonly left: Ir; readonly right: Ir }
  | {
      readonly kind: 'conditional'
      readonly type: ExprType
      readonly test: Ir
      readonly yes: Ir
      readonly no: Ir
    }
  /** The left value, or the right one when it is nil. */
  | { readonly kind: 'coalesce'; readonly type: ExprType; readonly left: Ir; readonly right: Ir }
  | {
      readonly kind: 'let'
      readonly type: ExprType
      readonly index: number
      readonly value: Ir
      readonly body: Ir
    }
  | { readonly kind: 'array'; readonly type: ExprType; readonly items: readonly Ir[] }
  | {
      readonly kind: 'loop'
      readonly type: ExprType
      readonly loop: LoopFunction
      readonly array: Ir
      readonly item: number
      readonly position: number
      readonly body: Ir
      readonly at: number
    }
  /** Left to right: the first is run for what it does. */
  | { readonly kind: 'sequence'; readonly type: ExprType; readonly first: Ir; readonly second: Ir }
  /** A value that a set of expressions computes once per event. */
  | { readonly kind: 'shared'; readonly type: ExprType; readonly slot: number }
  /** Whether a literal is in a shared text, by the one scan of that text for all its literals. */
  | {
      readonly kind: 'literal'
      readonly type: ExprType
      readonly group: number
      readonly literal: number
      readonly of: Ir
    }

/** Operators that a back end writes out; both sides are in the form that JavaScript's own operator expects. */
export type IrOperator =
  | '==='
  | '!=='
  | '<'
  | '>'
  | '<='
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | 'includes'
  | 'startsWith'
  | 'endsWith'

/** A function of the run time. */
export type RuntimeFunction = (...args: never[]) => unknown

/** What a predicate is run by: gets the array and the predicate. */
export type LoopFunction = (
  array: unknown,
  body: (item: unknown, position: number, accumulator?: unknown) => unknown,
  at: number,
  budget: StepBudget,
) => unknown

/** Steps left in the evaluation that is running. */
export interface StepBudget {
  left: number
}

/** The parts of a node, in the order in which they run (those of branches included). */
export function partsOf(node: Ir): readonly Ir[] {
  switch (node.kind) {
    case 'constant':
    case 'variable':
    case 'local':
    case 'shared':
      return []
    case 'field':
    case 'not':
    case 'literal':
      return [node.of]
    case 'call':
      return node.args
    case 'operator':
    case 'and':
    case 'or':
    case 'coalesce':
      return [node.left, node.right]
    case 'conditional':
      return [node.test, node.yes, node.no]
    case 'let':
      return [node.value, node.body]
    case 'array':
      return node.items
    case 'loop':
      return [node.array, node.body]
    case 'sequence':
      return [node.first, node.second]
  }
}

/** The node with other parts, given in the order of {@link partsOf}. */
export function withParts(node: Ir, parts: readonly Ir[]): Ir {
  const part = (index: number): Ir => parts[index] ?? node
  switch (node.kind) {
    case 'constant':
    case 'variable':
    case 'local':
    case 'shared':
      return node
    case 'field':
    case 'not':
    case 'literal':
      return { ...node, of: part(0) }
    case 'call':
      return { ...node, args: parts }
    case 'operator':
    case 'and':
    case 'or':
    case 'coalesce':
      return { ...node, left: part(0), right: part(1) }
    case 'conditional':
      return { ...node, test: part(0), yes: part(1), no: part(2) }
    case 'let':
      return { ...node, value: part(0), body: part(1) }
    case 'array':
      return { ...node, items: parts }
    case 'loop':
      return { ...node, array: part(0), body: part(1) }
    case 'sequence':
      return { ...node, first: part(0), second: part(1) }
  }
}

/** Whether a node gives the same whenever it is evaluated with the same locals: it reads neither event nor state. */
export function isSteady(node: Ir): boolean {
  if (node.kind === 'variable' || node.kind === 'shared' || node.kind === 'literal') return false
  if (node.kind === 'call' && (!node.pure || node.volatile === true)) return false
  return partsOf(node).every((part) => isSteady(part))
}

/** Whether evaluating a node only reads. */
export function isPure(node: Ir): boolean {
  return (node.kind !== 'call' || node.pure) && partsOf(node).every((part) => isPure(part))
}
