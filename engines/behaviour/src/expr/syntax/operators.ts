import type { BinaryOperator } from './ast.ts'

/** Precedences of the language definition of expr-lang/expr, `parser/operator`. */
export const binaryOperators: Readonly<
  Record<
    string,
    { readonly precedence: number; readonly operator: BinaryOperator | '|'; readonly right?: true }
  >
> = {
  '|': { precedence: 0, operator: '|' },
  or: { precedence: 10, operator: '||' },
  '||': { precedence: 10, operator: '||' },
  and: { precedence: 15, operator: '&&' },
  '&&': { precedence: 15, operator: '&&' },
  '==': { precedence: 20, operator: '==' },
  '!=': { precedence: 20, operator: '!=' },
  '<': { precedence: 20, operator: '<' },
  '>': { precedence: 20, operator: '>' },
  '<=': { precedence: 20, operator: '<=' },
  '>=': { precedence: 20, operator: '>=' },
  in: { precedence: 20, operator: 'in' },
  matches: { precedence: 20, operator: 'matches' },
  contains: { precedence: 20, operator: 'contains' },
  startsWith: { precedence: 20, operator: 'startsWith' },
  endsWith: { precedence: 20, operator: 'endsWith' },
  '..': { precedence: 25, operator: '..' },
  '+': { precedence: 30, operator: '+' },
  '-': { precedence: 30, operator: '-' },
  '*': { precedence: 60, operator: '*' },
  '/': { precedence: 60, operator: '/' },
  '%': { precedence: 60, operator: '%' },
  '**': { precedence: 100, operator: '**', right: true },
  '^': { precedence: 100, operator: '**', right: true },
  '??': { precedence: 500, operator: '??' },
}
/** Operators before a value. */
export const unaryOperators: Readonly<
  Record<string, { readonly precedence: number; readonly operator: '!' | '-' | '+' }>
> = {
  not: { precedence: 50, operator: '!' },
  '!': { precedence: 50, operator: '!' },
  '-': { precedence: 90, operator: '-' },
  '+': { precedence: 90, operator: '+' },
}
/** Operators that may be negated in place: `not in`, `not contains` … */
export const negatableOperators: ReadonlySet<string> = new Set([
  'in',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
])
/** Comparisons that may be chained. */
export const orderingOperators: ReadonlySet<string> = new Set(['<', '>', '<=', '>='])

/** Builtins whose last argument is a predicate, with or without braces. */
export const predicateBuiltins: ReadonlySet<string> = new Set([
  'all',
  'none',
  'any',
  'one',
  'filter',
  'map',
  'count',
  'sum',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'groupBy',
  'sortBy',
  'reduce',
])
