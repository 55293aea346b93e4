import { RegexError } from '@sevenfold/regex'

import { Fault } from '../runtime/fault.ts'
import { arithmetic, joinTexts, remainder, type DynamicOperator } from '../runtime/arithmetic.ts'
import type { GoTime } from '../../helpers/go-time.ts'
import { kindOf } from '../runtime/boxed.ts'
import { compareValues, equalNumber, equalValues, isIn, textOperation } from '../runtime/operations.ts'
import {
  anyType,
  arrayOf,
  boolType,
  durationType,
  floatType,
  intType,
  stringType,
  timeType,
  typeName,
} from '../type.ts'
import { asBranch, asCondition, boxed, coerce, commonType } from './coerce.ts'
import { constantOf, folded } from './fold.ts'

import type { Ir, IrOperator, RuntimeFunction } from '../ir/ir.ts'
import type { Ast, BinaryOperator } from '../syntax/ast.ts'
import type { ExprType } from '../type.ts'
import type { LowerContext } from './lower-context.ts'

type BinaryAst = Extract<Ast, { kind: 'binary' }>

interface Sides {
  readonly ast: BinaryAst
  readonly left: Ir
  readonly right: Ir
  readonly context: LowerContext
}

/** Gives a binary operator the operation for the types of its sides. */
export function lowerBinary(ast: BinaryAst, context: LowerContext): Ir {
  if (ast.operator === '&&' || ast.operator === '||') return logic(ast, context)
  const sides: Sides = { ast, left: context.lower(ast.left), right: context.lower(ast.right), context }
  switch (ast.operator) {
    case '==':
      return equality(sides)
    case '!=': {
      const equal = equality(sides)
      return equal.kind === 'operator' && equal.operator === '==='
        ? { ...equal, operator: '!==' }
        : not(equal)
    }
    case '<':
    case '>':
    case '<=':
    case '>=':
      return order(sides, ast.operator)
    case 'in':
      return membership(sides)
    case 'matches':
      return match(sides)
    case 'contains':
      return textual(sides, 'includes')
    case 'startsWith':
    case 'endsWith':
      return textual(sides, ast.operator)
    case '??':
      return coalesce(sides)
    case '..':
      return range(sides)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
      return arithmetical(sides, ast.operator)
  }
}

const not = (of: Ir): Ir =>
  of.kind === 'constant' ? { ...of, value: of.value !== true } : { kind: 'not', type: boolType, of }

/** A run of one operator becomes a balanced tree: rules chain over a thousand conditions. They run in the same order. */
function logic(ast: BinaryAst, context: LowerContext): Ir {
  const isAnd = ast.operator === '&&'
  const operands: Ast[] = []
  let rest: Ast = ast
  while (rest.kind === 'binary' && rest.operator === ast.operator) {
    operands.push(rest.right)
    rest = rest.left
  }
  const conditions: Ir[] = []
  for (const operand of [rest, ...operands.toReversed()]) {
    const condition = asCondition(context.lower(operand), context, operand.offset)
    const known = constantOf(condition)
    if (known === undefined) conditions.push(condition)
    else if ((known.value === true) !== isAnd) {
      // What stands after it never runs.
      conditions.push(condition)
      break
    }
  }
  return balanced(conditions, isAnd)
}

function balanced(conditions: readonly Ir[], isAnd: boolean): Ir {
  const [first] = conditions
  if (first === undefined) return { kind: 'constant', type: boolType, value: isAnd }
  if (conditions.length === 1) return first
  const middle = Math.ceil(conditions.length / 2)
  const left = balanced(conditions.slice(0, middle), isAnd)
  const right = balanced(conditions.slice(middle), isAnd)
  return { kind: isAnd ? 'and' : 'or', type: boolType, left, right }
}

const isNumber = (type: ExprType): boolean => type.kind === 'int' || type.kind === 'float'

function mismatch({ ast, left, right, context }: Sides): Error {
  const types = `${typeName(left.type)} and ${typeName(right.type)}`
  return context.error(`invalid operation: ${ast.operator} (mismatched types ${types})`, ast.offset)
}

const direct = new Set<ExprType['kind']>(['string', 'bool', 'int', 'float', 'duration', 'weekday', 'month'])

function equality(sides: Sides): Ir {
  const { left, right } = sides
  const a = left.type.kind
  const b = right.type.kind
  if (a === 'nil' && b !== 'nil') return equality({ ...sides, left: right, right: left })
  const strict = (): Ir => folded({ kind: 'operator', type: boolType, operator: '===', left, right })
  // Values never are undefined, so that strict equality finds nil; and only a text equals a text.
  if (b === 'nil' || a === 'nil')
    return direct.has(a) ? { kind: 'operator', type: boolType, operator: '===', left, right } : strict()
  if ((direct.has(a) && a === b) || (isNumber(left.type) && isNumber(right.type))) return strict()
  if ((a === 'any' && (b === 'string' || b === 'bool')) || (b === 'any' && (a === 'string' || a === 'bool')))
    return strict()
  if (a === 'any' && isNumber(right.type)) return call(boolType, equalNumber, [left, right])
  if (b === 'any' && isNumber(left.type)) return call(boolType, equalNumber, [right, left])
  if (a !== 'any' && b !== 'any' && a !== b) throw mismatch(sides)
  return call(boolType, equalValues, [boxed(left), boxed(right)])
}

const call = (type: ExprType, fn: RuntimeFunction, args: readonly Ir[]): Ir =>
  folded({ kind: 'call', type, fn, args, pure: true })

function order(sides: Sides, operator: '<' | '>' | '<=' | '>='): Ir {
  const { ast, left, right } = sides
  const a = left.type
  const b = right.type
  const plain =
    (isNumber(a) && isNumber(b)) || (a.kind === b.kind && (a.kind === 'string' || a.kind === 'duration'))
  if (plain) return folded({ kind: 'operator', type: boolType, operator, left, right })
  if (a.kind !== 'any' && b.kind !== 'any' && !(a.kind === 'time' && b.kind === 'time')) throw mismatch(sides)
  const compared: Ir = {
    kind: 'call',
    type: intType,
    fn: compareValues,
    args: [boxed(left), boxed(right)],
    pure: true,
    at: ast.offset,
  }
  return {
    kind: 'operator',
    type: boolType,
    operator,
    left: compared,
    right: { kind: 'constant', type: intType, value: 0 },
  }
}

function membership(sides: Sides): Ir {
  const { ast, left, right, context } = sides
  if (right.type.kind === 'struct') {
    const name = constantOf(left)?.value
    return {
      kind: 'constant',
      type: boolType,
      value: typeof name === 'string' && Object.hasOwn(right.type.fields, name),
    }
  }
  if (!['array', 'map', 'any', 'nil'].includes(right.type.kind)) throw mismatch(sides)
  const known = constantOf(right)?.value
  if (
    Array.isArray(known) &&
    known.length > 0 &&
    known.every((item) => item === null || typeof item !== 'object')
  ) {
    const items = new Set(known.map((item: unknown) => (typeof item === 'bigint' ? Number(item) : item)))
    const isPlain = isNumber(left.type) || left.type.kind === 'string' || left.type.kind === 'bool'
    const fn = context.cache.oneOf(items)
    return folded({ kind: 'call', type: boolType, fn, args: [isPlain ? left : boxed(left)], pure: true })
  }
  return folded({
    kind: 'call',
    type: boolType,
    fn: isIn,
    args: [boxed(left), boxed(right)],
    pure: true,
    at: ast.offset,
  })
}

function match(sides: Sides): Ir {
  const { ast, left, right, context } = sides
  const textual = (type: ExprType): boolean =>
    type.kind === 'string' || type.kind === 'any' || type.kind === 'nil'
  if (!textual(left.type) || !textual(right.type)) throw mismatch(sides)
  const pattern = constantOf(right)?.value
  if (typeof pattern !== 'string') {
    const { cache } = context
    const fn = (text: unknown, source: unknown, at: number): boolean =>
      dynamicMatch(text, source, { cache, at })
    return { kind: 'call', type: boolType, fn, args: [boxed(left), boxed(right)], pure: true, at: ast.offset }
  }
  try {
    return folded({
      kind: 'call',
      type: boolType,
      fn: context.cache.tester(pattern),
      args: [boxed(left)],
      pure: true,
    })
  } catch (error) {
    if (error instanceof RegexError) throw context.error(`pattern: ${error.message}`, ast.right.offset)
    throw error
  }
}

function dynamicMatch(
  text: unknown,
  pattern: unknown,
  { cache, at }: { cache: LowerContext['cache']; at: number },
): boolean {
  if (text === null || pattern === null) return false
  if (typeof text !== 'string' || typeof pattern !== 'string')
    throw new Fault(`matches on ${kindOf(typeof text === 'string' ? pattern : text)}`, at)
  const regex = cache.dynamicRegex(pattern)
  if (regex === undefined) throw new Fault('matches: error parsing regexp', at)
  return regex.test(text)
}

const textOperations: Readonly<Record<'includes' | 'startsWith' | 'endsWith', RuntimeFunction>> = {
  includes: (a: unknown, b: unknown, at: number) => textOperation('includes', a, b, at),
  startsWith: (a: unknown, b: unknown, at: number) => textOperation('startsWith', a, b, at),
  endsWith: (a: unknown, b: unknown, at: number) => textOperation('endsWith', a, b, at),
}

function textual(sides: Sides, operator: 'includes' | 'startsWith' | 'endsWith'): Ir {
  const { ast, left, right } = sides
  if (left.type.kind === 'string' && right.type.kind === 'string')
    return folded({ kind: 'operator', type: boolType, operator, left, right })
  const possible = (type: ExprType): boolean =>
    type.kind === 'any' || type.kind === 'nil' || type.kind === 'string'
  if (!possible(left.type) || !possible(right.type)) throw mismatch(sides)
  return folded({
    kind: 'call',
    type: boolType,
    fn: textOperations[operator],
    args: [boxed(left), boxed(right)],
    pure: true,
    at: ast.offset,
  })
}

function coalesce({ left, right }: Sides): Ir {
  if (direct.has(left.type.kind) || left.type.kind === 'time') return left
  const known = constantOf(left)
  if (known !== undefined) return known.value === null ? right : left
  const type = commonType(left.type, right.type)
  return { kind: 'coalesce', type, left: asBranch(left, type), right: asBranch(right, type) }
}

function range({ ast, left, right, context }: Sides): Ir {
  const edge = (node: Ir, at: number): Ir => coerce(node, intType, { context, at, what: 'edge of a range' })
  const args = [edge(left, ast.left.offset), edge(right, ast.right.offset)]
  return folded({ kind: 'call', type: arrayOf(intType), fn: makeRange, args, pure: true, at: ast.offset })
}

const maxRange = 10_000

function makeRange(from: number, to: number, at: number): readonly bigint[] {
  if (to - from >= maxRange) throw new Fault(`range of more than ${String(maxRange)} items`, at)
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => BigInt(from + index))
}

const plainArithmetic: Readonly<Record<'+' | '-' | '*', IrOperator>> = { '+': '+', '-': '-', '*': '*' }

function arithmetical(sides: Sides, operator: Extract<BinaryOperator, DynamicOperator>): Ir {
  const { ast, left, right } = sides
  const a = left.type
  const b = right.type
  if (isNumber(a) && isNumber(b)) return numeric(sides, operator)
  if (operator === '+' && a.kind === 'string' && b.kind === 'string')
    return call(stringType, joinTexts, [left, right])
  if (a.kind === 'duration' || b.kind === 'duration' || a.kind === 'time' || b.kind === 'time') {
    const found = temporal(sides, operator)
    if (found !== undefined) return found
  }
  if (a.kind !== 'any' && b.kind !== 'any') throw mismatch(sides)
  const fn = dynamicOperators[operator]
  return { kind: 'call', type: anyType, fn, args: [boxed(left), boxed(right)], pure: true, at: ast.offset }
}

const dynamic =
  (operator: DynamicOperator): RuntimeFunction =>
  (a: unknown, b: unknown, at: number) =>
    arithmetic(operator, a, b, at)

const dynamicOperators: Readonly<Record<DynamicOperator, RuntimeFunction>> = {
  '+': dynamic('+'),
  '-': dynamic('-'),
  '*': dynamic('*'),
  '/': dynamic('/'),
  '%': dynamic('%'),
  '**': dynamic('**'),
}

function numeric({ ast, left, right }: Sides, operator: DynamicOperator): Ir {
  const whole = left.type.kind === 'int' && right.type.kind === 'int'
  if (operator === '%')
    return folded({
      kind: 'call',
      type: intType,
      fn: remainder,
      args: [left, right],
      pure: true,
      at: ast.offset,
    })
  if (operator === '**') return call(floatType, power, [left, right])
  if (operator === '/') return folded({ kind: 'operator', type: floatType, operator: '/', left, right })
  return folded({
    kind: 'operator',
    type: whole ? intType : floatType,
    operator: plainArithmetic[operator],
    left,
    right,
  })
}

const power = (a: number, b: number): number => a ** b

function temporal({ left, right }: Sides, operator: DynamicOperator): Ir | undefined {
  const a = left.type.kind
  const b = right.type.kind
  if (a === 'time' && b === 'duration' && operator === '+') return call(timeType, addTime, [left, right])
  if (a === 'duration' && b === 'time' && operator === '+') return call(timeType, addTime, [right, left])
  if (a === 'time' && b === 'duration' && operator === '-') return call(timeType, subtractTime, [left, right])
  if (a === 'time' && b === 'time' && operator === '-') return call(durationType, timeBetween, [left, right])
  const spans = (a === 'duration' && (b === 'duration' || b === 'int')) || (b === 'duration' && a === 'int')
  if (!spans || operator === '/' || operator === '%' || operator === '**') return undefined
  return folded({ kind: 'operator', type: durationType, operator: plainArithmetic[operator], left, right })
}

const addTime = (time: GoTime, span: number): GoTime => time.plus(span)
const subtractTime = (time: GoTime, span: number): GoTime => time.plus(-span)
const timeBetween = (a: GoTime, b: GoTime): number => a.nanosecondsSince(b)
