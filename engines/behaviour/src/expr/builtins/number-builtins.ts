import { GoDuration } from '../runtime/boxed.ts'
import { Fault } from '../runtime/fault.ts'
import { compareValues, isNumeric } from '../runtime/operations.ts'
import { anyType, floatType, intType } from '../type.ts'
import { constantFunction } from './constant-function.ts'

import type { FunctionSpec } from '../function-spec.ts'

function absolute(value: unknown): unknown {
  if (typeof value === 'bigint') return value < 0n ? -value : value
  if (typeof value === 'number') return Math.abs(value)
  throw new Fault('invalid argument for abs')
}

/** Numbers of the arguments, arrays among them opened. */
function numbersOf(name: string, args: readonly unknown[]): readonly (number | bigint)[] {
  return args.flatMap((arg): readonly (number | bigint)[] => {
    if (Array.isArray(arg)) return numbersOf(name, arg)
    if (!isNumeric(arg)) throw new Fault(`invalid argument for ${name}`)
    return [arg]
  })
}

function extreme(name: string, sign: number): (...args: readonly unknown[]) => unknown {
  return (...args) => {
    const values = args.flatMap((arg): readonly unknown[] => (Array.isArray(arg) ? arg : [arg]))
    if (values.length === 0) throw new Fault(`not enough arguments for ${name}`)
    return values.reduce((best, value) => {
      if (!isNumeric(value) && !(value instanceof GoDuration)) throw new Fault(`invalid argument for ${name}`)
      return compareValues(value, best, -1) * sign > 0 ? value : best
    })
  }
}

function mean(...args: readonly unknown[]): number {
  const numbers = numbersOf('mean', args).map(Number)
  return numbers.length === 0 ? 0 : numbers.reduce((sum, value) => sum + value, 0) / numbers.length
}

function median(...args: readonly unknown[]): number {
  const numbers = numbersOf('median', args)
    .map(Number)
    .sort((a, b) => a - b)
  const middle = Math.floor(numbers.length / 2)
  if (numbers.length === 0) return 0
  return numbers.length % 2 === 1
    ? (numbers[middle] ?? 0)
    : ((numbers[middle - 1] ?? 0) + (numbers[middle] ?? 0)) / 2
}

/** Halves away from zero, as Go's math.Round. */
const rounded = (value: number): number => Math.sign(value) * Math.round(Math.abs(value))

const bits = (operate: (a: bigint, b: bigint) => bigint): FunctionSpec =>
  constantFunction([intType, intType], intType, (a: number, b: number) =>
    Number(BigInt.asIntN(64, operate(BigInt(a), BigInt(b)))),
  )

function shifted(operate: (value: bigint, by: bigint) => bigint): FunctionSpec {
  return bits((value, by) => {
    if (by < 0n) throw new Fault('invalid shift by a negative number')
    return operate(value, by > 64n ? 64n : by)
  })
}

/** Builtins on numbers. */
export const numberBuiltins: readonly (readonly [string, FunctionSpec])[] = [
  ['abs', constantFunction([anyType], anyType, absolute)],
  ['ceil', constantFunction([floatType], floatType, Math.ceil)],
  ['floor', constantFunction([floatType], floatType, Math.floor)],
  ['round', constantFunction([floatType], floatType, rounded)],
  ['max', constantFunction([anyType], anyType, extreme('max', 1), { variadic: true })],
  ['min', constantFunction([anyType], anyType, extreme('min', -1), { variadic: true })],
  ['mean', constantFunction([anyType], floatType, mean, { variadic: true })],
  ['median', constantFunction([anyType], floatType, median, { variadic: true })],
  ['bitand', bits((a, b) => a & b)],
  ['bitor', bits((a, b) => a | b)],
  ['bitxor', bits((a, b) => a ^ b)],
  ['bitnand', bits((a, b) => a & ~b)],
  ['bitshl', shifted((value, by) => value << by)],
  ['bitshr', shifted((value, by) => value >> by)],
  ['bitushr', shifted((value, by) => BigInt.asUintN(64, value) >> by)],
  ['bitnot', constantFunction([intType], intType, (a: number) => Number(~BigInt(a)))],
]
