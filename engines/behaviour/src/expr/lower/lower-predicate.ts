import type { Ir } from '../ir/ir.ts'
import { loopFunctions, withThird } from '../runtime/loops.ts'
import { anyType, arrayOf, boolType, intType, typeName } from '../type.ts'
import { asCondition, boxed, coerce } from './coerce.ts'
import { constantOf } from './fold.ts'
import { itemValues } from './item-values.ts'
import { knownListTest } from './known-list.ts'

import type { Ast } from '../syntax/ast.ts'
import type { ExprType } from '../type.ts'
import type { LowerContext } from './lower-context.ts'

type CallAst = Extract<Ast, { kind: 'call' }>

interface Shape {
  /** Type of the result, from the type of the items and of the predicate's body. */
  readonly result: (element: ExprType, body: ExprType) => ExprType
  /** What the predicate must give. */
  readonly body: 'condition' | 'value'
  /** Whether it may be called without a predicate. */
  readonly bare?: boolean
  /** A third argument that goes along with the array. */
  readonly third?: 'order' | 'initial'
}

const condition = (result: Shape['result'], bare = false): Shape => ({ result, body: 'condition', bare })

const shapes: Readonly<Record<string, Shape>> = {
  all: condition(() => boolType),
  none: condition(() => boolType),
  any: condition(() => boolType),
  one: condition(() => boolType),
  filter: condition((element) => arrayOf(element)),
  find: condition(() => anyType),
  findLast: condition(() => anyType),
  findIndex: condition(() => intType),
  findLastIndex: condition(() => intType),
  count: condition(() => intType, true),
  map: { result: (_, body) => arrayOf(body), body: 'value' },
  sum: { result: () => anyType, body: 'value', bare: true },
  groupBy: { result: () => anyType, body: 'value' },
  sortBy: { result: (element) => arrayOf(element), body: 'value', third: 'order' },
  reduce: { result: () => anyType, body: 'value', third: 'initial' },
}

/** A builtin with a predicate: a loop over an array. */
export function lowerPredicateCall(ast: CallAst, context: LowerContext): Ir {
  const shape = shapes[ast.name]
  const loop = loopFunctions[ast.name]
  const [first, second, third] = ast.args
  if (shape === undefined || loop === undefined) throw context.error(`unknown name ${ast.name}`, ast.offset)
  if (
    first === undefined ||
    ast.args.length > (shape.third === undefined ? 2 : 3) ||
    (second === undefined && shape.bare !== true)
  ) {
    throw context.error(`wrong number of arguments for ${ast.name}`, ast.offset)
  }
  const list = listOf(first, context)
  const element = list.type.kind === 'array' ? list.type.element : anyType
  return context.withLocals(3, (item) => {
    context.predicates.push({
      item,
      element,
      position: item + 1,
      accumulator: shape.third === 'initial' ? { index: item + 2, type: anyType } : undefined,
    })
    const body = bodyOf(second, { shape, item, context })
    context.predicates.pop()
    const known = knownListTest(ast.name, { list, body, item })
    if (known !== undefined) return known
    const value = itemValues(list, shape.body === 'value' ? boxed(body) : body, item)
    const array = third === undefined ? boxed(list) : pair(boxed(list), boxed(context.lower(third)))
    const type = shape.result(element, body.type)
    return {
      kind: 'loop',
      type,
      loop,
      array,
      item,
      position: item + 1,
      body: value,
      at: ast.offset,
    }
  })
}

function listOf(first: Ast, context: LowerContext): Ir {
  const list = context.lower(first)
  const { kind } = list.type
  if (kind !== 'array' && kind !== 'any')
    throw context.error(`${typeName(list.type)} is no array`, first.offset)
  if (kind === 'any' || constantOf(list) !== undefined) return list
  // A nil slice is empty.
  return {
    kind: 'coalesce',
    type: list.type,
    left: list,
    right: { kind: 'constant', type: list.type, value: [] },
  }
}

function bodyOf(
  second: Ast | undefined,
  { shape, item, context }: { shape: Shape; item: number; context: LowerContext },
): Ir {
  if (second === undefined) {
    const value: Ir = { kind: 'local', type: anyType, index: item }
    return shape.body === 'value' ? value : coerce(value, boolType, { context, at: 0, what: 'item' })
  }
  const body = context.lower(second.kind === 'predicate' ? second.body : second)
  return shape.body === 'condition' ? asCondition(body, context, second.offset) : body
}

const pair = (first: Ir, second: Ir): Ir => ({
  kind: 'call',
  type: anyType,
  fn: withThird,
  args: [first, second],
  pure: true,
})
