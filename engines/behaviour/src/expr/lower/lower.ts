import { isPure, type Ir } from '../ir/ir.ts'
import { negated } from '../runtime/arithmetic.ts'
import { zeroOf } from '../runtime/casts.ts'
import { fetchMember, itemAt, mapValue, sliceOf } from '../runtime/operations.ts'
import {
  anyType,
  arrayOf,
  boolType,
  floatType,
  intType,
  mapOf,
  nilType,
  sameType,
  stringType,
  typeName,
} from '../type.ts'
import { asBranch, asCondition, boxed, coerce, commonType, unboxed } from './coerce.ts'
import { constantOf, folded } from './fold.ts'
import { lowerBinary } from './lower-binary.ts'
import { lowerCall } from './lower-call.ts'
import { methodsOf, receiverOf } from './methods.ts'

import type { Ast } from '../syntax/ast.ts'
import type { ExprType, MethodType } from '../type.ts'
import type { LowerContext } from './lower-context.ts'

type Of<K extends Ast['kind']> = Extract<Ast, { kind: K }>

/** Gives each node its type and its operation. Throws {@link ExprError} (EXPR_TYPE) with the position. */
export function lower(ast: Ast, context: LowerContext): Ir {
  switch (ast.kind) {
    case 'literal':
      return { kind: 'constant', type: literalType(ast.value), value: ast.value }
    case 'number':
      return { kind: 'constant', type: ast.whole ? intType : floatType, value: ast.value }
    case 'name':
      return lowerName(ast, context)
    case 'pointer':
      return lowerPointer(ast, context)
    case 'unary':
      return lowerUnary(ast, context)
    case 'binary':
      return lowerBinary(ast, context)
    case 'conditional':
      return lowerConditional(ast, context)
    case 'member':
      return lowerMember(ast, context)
    case 'method':
      return lowerMethod(ast, context)
    case 'slice':
      return lowerSlice(ast, context)
    case 'chain':
      return lowerChain(ast, context)
    case 'call':
      return lowerCall(ast, context)
    case 'predicate':
      throw context.error('predicate outside of a builtin', ast.offset)
    case 'let':
      return lowerLet(ast, context)
    case 'array':
      return lowerArray(ast.items.map((item) => context.lower(item)))
    case 'map':
      return lowerMap(ast, context)
    case 'sequence': {
      const first = context.lower(ast.first)
      const second = context.lower(ast.second)
      return isPure(first) ? second : { kind: 'sequence', type: second.type, first, second }
    }
  }
}

function literalType(value: string | boolean | null): ExprType {
  if (value === null) return nilType
  return typeof value === 'string' ? stringType : boolType
}

function lowerName(ast: Of<'name'>, context: LowerContext): Ir {
  const local = context.names.get(ast.name)
  if (local !== undefined) return local.constant ?? { kind: 'local', type: local.type, index: local.index }
  const names = Object.keys(context.environment.variables)
  const slot = names.indexOf(ast.name)
  const type = context.environment.variables[ast.name]
  if (slot < 0 || type === undefined) throw context.error(`unknown name ${ast.name}`, ast.offset)
  return { kind: 'variable', type, slot }
}

function lowerPointer(ast: Of<'pointer'>, context: LowerContext): Ir {
  const scope = context.predicates.at(-1)
  if (scope === undefined) throw context.error('# outside of a predicate', ast.offset)
  if (ast.name === '') return unboxed({ kind: 'local', type: anyType, index: scope.item }, scope.element)
  if (ast.name === 'index') return { kind: 'local', type: intType, index: scope.position }
  if (ast.name === 'acc' && scope.accumulator !== undefined) {
    return { kind: 'local', type: scope.accumulator.type, index: scope.accumulator.index }
  }
  throw context.error(`unknown pointer #${ast.name}`, ast.offset)
}

function lowerUnary(ast: Of<'unary'>, context: LowerContext): Ir {
  const of = context.lower(ast.operand)
  if (ast.operator === '!') {
    const condition = asCondition(of, context, ast.offset)
    return condition.kind === 'not' ? condition.of : { kind: 'not', type: boolType, of: condition }
  }
  const { kind } = of.type
  if (kind !== 'int' && kind !== 'float' && kind !== 'duration' && kind !== 'any') {
    throw context.error(`invalid operation: ${ast.operator} on ${typeName(of.type)}`, ast.offset)
  }
  if (ast.operator === '+') return of
  if (kind === 'any')
    return { kind: 'call', type: anyType, fn: negated, args: [of], pure: true, at: ast.offset }
  const zero: Ir = { kind: 'constant', type: of.type, value: 0 }
  return folded({ kind: 'operator', type: of.type, operator: '-', left: zero, right: of })
}

function lowerConditional(ast: Of<'conditional'>, context: LowerContext): Ir {
  const test = asCondition(context.lower(ast.test), context, ast.test.offset)
  const yes = context.lower(ast.yes)
  const no = context.lower(ast.no)
  const known = constantOf(test)
  if (known !== undefined && sameType(yes.type, no.type)) return known.value === true ? yes : no
  // `a ? b : false` is a conjunction: said so, the selection by equality sees into it.
  if (yes.type.kind === 'bool' && constantOf(no)?.value === false)
    return { kind: 'and', type: boolType, left: test, right: yes }
  const type = commonType(yes.type, no.type)
  return { kind: 'conditional', type, test, yes: asBranch(yes, type), no: asBranch(no, type) }
}

function lowerMember(ast: Of<'member'>, context: LowerContext): Ir {
  const of = context.lower(ast.of)
  return ast.optional
    ? optional(of, context, (value) => memberOf(value, ast, context))
    : memberOf(of, ast, context)
}

/** The rest of a chain, skipped when its start is nil. */
function optional(of: Ir, context: LowerContext, rest: (value: Ir) => Ir): Ir {
  const index = context.hold()
  const value: Ir = { kind: 'local', type: of.type, index }
  const isNil: Ir = {
    kind: 'operator',
    type: boolType,
    operator: '===',
    left: boxed(value),
    right: { kind: 'constant', type: nilType, value: null },
  }
  context.pendingChains.push({ index, value: of, isNil })
  return rest(value)
}

/** Where a nil met by `?.` comes out: everything between is inside the conditional made here. */
function lowerChain(ast: Of<'chain'>, context: LowerContext): Ir {
  const before = context.pendingChains.length
  let node = context.lower(ast.of)
  const steps = context.pendingChains.splice(before)
  for (const { index, value, isNil } of steps.toReversed()) {
    const type = commonType(nilType, node.type)
    const body: Ir = {
      kind: 'conditional',
      type,
      test: isNil,
      yes: { kind: 'constant', type, value: null },
      no: asBranch(node, type),
    }
    node = { kind: 'let', type, index, value, body }
  }
  context.release(steps.length)
  return node
}

function memberOf(of: Ir, ast: Of<'member'>, context: LowerContext): Ir {
  const key = context.lower(ast.key)
  const at = ast.offset
  const name = constantOf(key)
  const { type } = of
  if (type.kind === 'struct') {
    const field =
      typeof name?.value === 'string' && Object.hasOwn(type.fields, name.value)
        ? type.fields[name.value]
        : undefined
    if (field === undefined) throw context.error(`type ${type.name} has no field ${String(name?.value)}`, at)
    return { kind: 'field', type: field, of, name: String(name?.value), at }
  }
  if (type.kind === 'map') {
    const text = coerce(key, stringType, { context, at, what: 'key' })
    const missing: Ir = { kind: 'constant', type: anyType, value: zeroOf(type.value) }
    const value: Ir =
      type.value.kind === 'any'
        ? { kind: 'call', type: anyType, fn: fetchMember, args: [of, text], pure: true, at }
        : { kind: 'call', type: anyType, fn: mapValue, args: [of, text, missing], pure: true }
    return folded(unboxed(value, type.value))
  }
  if (type.kind === 'array') {
    const index = coerce(key, intType, { context, at, what: 'index' })
    return unboxed(
      { kind: 'call', type: anyType, fn: itemAt, args: [of, index], pure: true, at },
      type.element,
    )
  }
  if (type.kind !== 'any' && type.kind !== 'string')
    throw context.error(`type ${typeName(type)} has no member ${String(name?.value)}`, at)
  return { kind: 'call', type: anyType, fn: fetchMember, args: [of, boxed(key)], pure: true, at }
}

function lowerMethod(ast: Of<'method'>, context: LowerContext): Ir {
  const of = context.lower(ast.of)
  return ast.optional
    ? optional(of, context, (value) => methodOf(value, ast, context))
    : methodOf(of, ast, context)
}

function methodOf(of: Ir, ast: Of<'method'>, context: LowerContext): Ir {
  const methods = methodsOf(of.type)
  const method: MethodType | undefined = Object.hasOwn(methods, ast.name) ? methods[ast.name] : undefined
  if (method === undefined)
    throw context.error(`type ${typeName(of.type)} has no method ${ast.name}`, ast.offset)
  if (ast.args.length !== method.parameters.length) {
    throw context.error(
      `${ast.name} takes ${String(method.parameters.length)} arguments, not ${String(ast.args.length)}`,
      ast.offset,
    )
  }
  const args = ast.args.map((arg, index) =>
    coerce(context.lower(arg), method.parameters[index] ?? anyType, {
      context,
      at: arg.offset,
      what: `argument ${String(index + 1)} of ${ast.name}`,
    }),
  )
  return {
    kind: 'call',
    type: method.result,
    fn: receiverOf(method),
    args: [of, ...args],
    pure: method.pure,
    at: ast.offset,
  }
}

function lowerSlice(ast: Of<'slice'>, context: LowerContext): Ir {
  const of = context.lower(ast.of)
  const { kind } = of.type
  if (kind !== 'any' && kind !== 'array' && kind !== 'string')
    throw context.error(`cannot slice ${typeName(of.type)}`, ast.offset)
  const edge = (part: Ast | undefined): Ir =>
    part === undefined
      ? { kind: 'constant', type: nilType, value: null }
      : coerce(context.lower(part), intType, { context, at: part.offset, what: 'edge of a slice' })
  return folded({
    kind: 'call',
    type: of.type,
    fn: sliceOf,
    args: [of, edge(ast.from), edge(ast.to)],
    pure: true,
    at: ast.offset,
  })
}

function lowerLet(ast: Of<'let'>, context: LowerContext): Ir {
  const value = context.lower(ast.value)
  if (context.names.has(ast.name)) throw context.error(`cannot redeclare ${ast.name}`, ast.offset)
  if (Object.hasOwn(context.environment.variables, ast.name) || context.functions.has(ast.name)) {
    throw context.error(`cannot redeclare ${ast.name}`, ast.offset)
  }
  return context.withLocals(1, (index) => {
    context.names.set(ast.name, {
      index,
      type: value.type,
      constant: constantOf(value) === undefined ? undefined : value,
    })
    const body = context.lower(ast.body)
    context.names.delete(ast.name)
    return constantOf(value) === undefined ? { kind: 'let', type: body.type, index, value, body } : body
  })
}

/** An array of items of one type has that type; one of constants is a constant. */
function lowerArray(plain: readonly Ir[]): Ir {
  const [first] = plain
  const isUniform = first !== undefined && plain.every((item) => sameType(item.type, first.type))
  const element = isUniform && first.type.kind !== 'nil' ? first.type : anyType
  const items = plain.map((item) => boxed(item))
  const known = items.map((item) => constantOf(item))
  const type = arrayOf(element)
  if (known.every((item) => item !== undefined))
    return { kind: 'constant', type, value: known.map((item) => item.value) }
  return { kind: 'array', type, items }
}

function lowerMap(ast: Of<'map'>, context: LowerContext): Ir {
  const parts = ast.entries.flatMap(([key, value]) => [
    coerce(context.lower(key), stringType, { context, at: key.offset, what: 'key' }),
    boxed(context.lower(value)),
  ])
  return folded({ kind: 'call', type: mapOf(anyType), fn: makeMap, args: parts, pure: true })
}

function makeMap(...parts: readonly unknown[]): ReadonlyMap<unknown, unknown> {
  const map = new Map<unknown, unknown>()
  for (let i = 0; i < parts.length; i += 2) map.set(parts[i], parts[i + 1])
  return map
}
