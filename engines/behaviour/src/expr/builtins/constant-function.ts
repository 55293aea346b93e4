import type { FunctionSpec } from '../function-spec.ts'
import type { ExprType } from '../type.ts'

/** A function that gives the same for the same arguments, whenever it is called. */
export function constantFunction(
  parameters: readonly ExprType[],
  result: FunctionSpec['result'],
  call: FunctionSpec['call'],
  extra: Pick<FunctionSpec, 'optional' | 'variadic' | 'specialize'> = {},
): FunctionSpec {
  return { parameters, result, pure: true, constant: true, call, ...extra }
}
