import { anyType } from '../type.ts'
import { predicateBuiltins } from '../syntax/operators.ts'
import { coerce } from './coerce.ts'
import { constantOf, folded } from './fold.ts'
import { lowerPredicateCall } from './lower-predicate.ts'

import type { FunctionSpec } from '../function-spec.ts'
import type { Ir } from '../ir/ir.ts'
import type { Ast } from '../syntax/ast.ts'
import type { LowerContext } from './lower-context.ts'

type CallAst = Extract<Ast, { kind: 'call' }>

/** A call of a builtin or helper: arguments checked against parameters, known calls made at once. */
export function lowerCall(ast: CallAst, context: LowerContext): Ir {
  if (predicateBuiltins.has(ast.name)) return lowerPredicateCall(ast, context)
  const spec = context.environment.functions?.get(ast.name) ?? context.functions.get(ast.name)
  if (spec === undefined) throw context.error(`unknown name ${ast.name}`, ast.offset)
  checkCount(ast, spec, context)
  const plain = ast.args.map((arg) => context.lower(arg))
  const args = plain.map((arg, index) =>
    coerce(arg, parameterOf(spec, index), {
      context,
      at: ast.args[index]?.offset ?? ast.offset,
      what: `argument ${String(index + 1)} of ${ast.name}`,
    }),
  )
  const type = typeof spec.result === 'function' ? spec.result(plain.map((arg) => arg.type)) : spec.result
  const fn =
    context.cache.specialize(
      spec,
      args.map((arg) => constantOf(arg)),
    ) ?? spec.call
  const node: Ir = { kind: 'call', type, fn, args, pure: spec.pure }
  return spec.constant === true ? folded(node) : { ...node, volatile: true }
}

function parameterOf(spec: FunctionSpec, index: number): (typeof spec.parameters)[number] {
  const last = spec.parameters.length - 1
  return spec.parameters[spec.variadic === true ? Math.min(index, last) : index] ?? anyType
}

function checkCount(ast: CallAst, spec: FunctionSpec, context: LowerContext): void {
  const most = spec.variadic === true ? Infinity : spec.parameters.length
  const least = spec.parameters.length - (spec.optional ?? 0) - (spec.variadic === true ? 1 : 0)
  const given = ast.args.length
  if (given >= least && given <= most) return
  const wanted = given < least ? `at least ${String(least)}` : `at most ${String(most)}`
  throw context.error(`${ast.name} takes ${wanted} arguments, not ${String(given)}`, ast.offset)
}
