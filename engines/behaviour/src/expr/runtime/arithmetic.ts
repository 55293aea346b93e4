import { GoTime } from '../../helpers/go-time.ts'
import { GoDuration, kindOf } from './boxed.ts'
import { Fault } from './fault.ts'
import { isNumeric } from './operations.ts'

/** Operators on two values whose types are only known at run time. */
export type DynamicOperator = '+' | '-' | '*' | '/' | '%' | '**'

/** The result as expr-lang's virtual machine gives it: int with int stays int, except for `/` and `**`. */
export function arithmetic(operator: DynamicOperator, a: unknown, b: unknown, at: number): unknown {
  if (isNumeric(a) && isNumeric(b)) return numbers(operator, a, b, at)
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return joinTexts(a, b)
  if (a instanceof GoTime && b instanceof GoDuration && operator === '+') return a.plus(b.nanoseconds)
  if (a instanceof GoDuration && b instanceof GoTime && operator === '+') return b.plus(a.nanoseconds)
  if (a instanceof GoTime && b instanceof GoDuration && operator === '-') return a.plus(-b.nanoseconds)
  if (a instanceof GoTime && b instanceof GoTime && operator === '-')
    return new GoDuration(a.nanosecondsSince(b))
  const spans = durations(operator, a, b)
  if (spans !== undefined) return spans
  throw new Fault(`invalid operation: ${kindOf(a)} ${operator} ${kindOf(b)}`, at)
}

function numbers(operator: DynamicOperator, a: number | bigint, b: number | bigint, at: number): unknown {
  if (operator === '/') return Number(a) / Number(b)
  if (operator === '**') return Number(a) ** Number(b)
  if (operator === '%') return BigInt(remainder(Number(a), Number(b), at))
  const result =
    operator === '+'
      ? Number(a) + Number(b)
      : operator === '-'
        ? Number(a) - Number(b)
        : Number(a) * Number(b)
  return typeof a === 'bigint' && typeof b === 'bigint' ? BigInt(result) : result
}

function durations(operator: DynamicOperator, a: unknown, b: unknown): GoDuration | undefined {
  const left = a instanceof GoDuration ? a.nanoseconds : isNumeric(a) ? Number(a) : undefined
  const right = b instanceof GoDuration ? b.nanoseconds : isNumeric(b) ? Number(b) : undefined
  if (left === undefined || right === undefined) return undefined
  if (operator === '+') return new GoDuration(left + right)
  if (operator === '-') return new GoDuration(left - right)
  return operator === '*' ? new GoDuration(left * right) : undefined
}

/** Longest text that `+` makes. */
export const maxJoinedText = 4_194_304

/** Two texts joined; fails when the result is too long: doubling a text a few dozen times would take all memory. */
export function joinTexts(a: string, b: string): string {
  if (a.length + b.length > maxJoinedText) throw new Fault('text too long')
  return a + b
}

/** Whole remainder with the sign of the dividend; fails on 0, as Go does. */
export function remainder(a: number, b: number, at: number): number {
  if (b === 0 || !Number.isInteger(a) || !Number.isInteger(b)) throw new Fault('integer divide by zero', at)
  return a % b
}

/** `-x` of a value of unknown type. */
export function negated(value: unknown, at: number): unknown {
  if (isNumeric(value)) return -value
  if (value instanceof GoDuration) return new GoDuration(-value.nanoseconds)
  throw new Fault(`invalid operation: - ${kindOf(value)}`, at)
}
