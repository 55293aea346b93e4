import { boxer, castTo, unboxer } from '../runtime/casts.ts'
import { anyType, boolType, sameType, typeName } from '../type.ts'

import type { Ir, RuntimeFunction } from '../ir/ir.ts'
import type { ExprType } from '../type.ts'
import type { LowerContext } from './lower-context.ts'

const boxers = new Map<string, RuntimeFunction | undefined>()
const unboxers = new Map<string, RuntimeFunction | undefined>()

/** The value in the form that arrays, maps and `any` hold. */
export function boxed(node: Ir): Ir {
  const { kind } = node.type
  if (!boxers.has(kind)) boxers.set(kind, boxer(node.type))
  const box = boxers.get(kind)
  if (box === undefined) return node.kind === 'constant' ? { ...node, type: anyType } : retyped(node, anyType)
  if (node.kind === 'constant')
    return { kind: 'constant', type: anyType, value: (box as (value: unknown) => unknown)(node.value) }
  return { kind: 'call', type: anyType, fn: box, args: [node], pure: true }
}

/** The same node under another type whose values have the same form. */
function retyped(node: Ir, type: ExprType): Ir {
  return node.type.kind === type.kind ? node : { ...node, type }
}

/** A boxed value of a known type in that type's form: items of typed arrays and maps. */
export function unboxed(node: Ir, type: ExprType): Ir {
  if (!unboxers.has(type.kind)) unboxers.set(type.kind, unboxer(type))
  const unbox = unboxers.get(type.kind)
  return unbox === undefined ? { ...node, type } : { kind: 'call', type, fn: unbox, args: [node], pure: true }
}

/** The node as a condition: a bool, or an `any` that must be one when it is met. */
export function asCondition(node: Ir, context: LowerContext, at: number): Ir {
  return coerce(node, boolType, { context, at, what: 'condition' })
}

interface CoerceOptions {
  readonly context: LowerContext
  readonly at: number
  readonly what: string
}

/** The node as a value of the type wanted; an EXPR_TYPE error when it never can be one. */
export function coerce(node: Ir, wanted: ExprType, { context, at, what }: CoerceOptions): Ir {
  if (wanted.kind === 'any') return boxed(node)
  if (sameType(node.type, wanted)) return node
  if (node.type.kind === 'int' && wanted.kind === 'float') return { ...node, type: wanted }
  if (compatible(node.type, wanted)) return { ...node, type: wanted }
  const cast = node.type.kind === 'any' ? castTo(wanted) : undefined
  if (cast === undefined)
    throw context.error(`${what} is ${typeName(node.type)}, not ${typeName(wanted)}`, at)
  return { kind: 'call', type: wanted, fn: cast, args: [node], pure: true, at }
}

/** Arrays and maps hold boxed values, so that those of known items can stand for those of unknown ones, and nil for all. */
function compatible(type: ExprType, wanted: ExprType): boolean {
  if (type.kind === 'nil') return wanted.kind === 'array' || wanted.kind === 'map' || wanted.kind === 'struct'
  // What takes an array of one type looks at its items itself.
  if (type.kind === 'array' && wanted.kind === 'array')
    return wanted.element.kind === 'any' || type.element.kind === 'any'
  return type.kind === 'map' && wanted.kind === 'map' && wanted.value.kind === 'any'
}

/** The type that two branches have in common. */
export function commonType(a: ExprType, b: ExprType): ExprType {
  if (sameType(a, b)) return a
  const isReference = (type: ExprType): boolean =>
    type.kind === 'array' || type.kind === 'map' || type.kind === 'struct'
  if (a.kind === 'nil' && isReference(b)) return b
  return b.kind === 'nil' && isReference(a) ? a : anyType
}

/** The node in the form of the common type of its branch. */
export function asBranch(node: Ir, type: ExprType): Ir {
  return type.kind === 'any' ? boxed(node) : { ...node, type }
}
