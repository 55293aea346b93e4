import { formatGoDuration } from '../../helpers/go-duration.ts'
import { formatGoTime } from '../../helpers/format-go-time.ts'
import { GoTime } from '../../helpers/go-time.ts'
import { nameOf } from '../runtime/boxed.ts'
import { Fault } from '../runtime/fault.ts'
import { boolType, durationType, floatType, intType, stringType, timeType } from '../type.ts'

import type { RuntimeFunction } from '../ir/ir.ts'
import type { ExprType, MethodType } from '../type.ts'

const reads = (
  result: ExprType,
  call: MethodType['call'],
  parameters: readonly ExprType[] = [],
): MethodType => ({
  parameters,
  result,
  pure: true,
  call,
})

/** Methods of Go's time.Time that rules may call. */
const timeMethods: Readonly<Record<string, MethodType>> = {
  Year: reads(intType, (t: GoTime) => t.calendar.getUTCFullYear()),
  Month: reads({ kind: 'month' }, (t: GoTime) => t.calendar.getUTCMonth() + 1),
  Day: reads(intType, (t: GoTime) => t.calendar.getUTCDate()),
  Hour: reads(intType, (t: GoTime) => t.calendar.getUTCHours()),
  Minute: reads(intType, (t: GoTime) => t.calendar.getUTCMinutes()),
  Second: reads(intType, (t: GoTime) => t.calendar.getUTCSeconds()),
  Nanosecond: reads(intType, (t: GoTime) => t.calendar.getUTCMilliseconds() * 1e6 + t.ns),
  YearDay: reads(intType, (t: GoTime) => t.yearDay),
  Weekday: reads({ kind: 'weekday' }, (t: GoTime) => t.calendar.getUTCDay()),
  Unix: reads(intType, (t: GoTime) => Math.floor(t.ms / 1000)),
  UnixMilli: reads(intType, (t: GoTime) => t.ms),
  UnixMicro: reads(intType, (t: GoTime) => t.ms * 1000 + Math.floor(t.ns / 1000)),
  UnixNano: reads(intType, (t: GoTime) => t.ms * 1e6 + t.ns),
  UTC: reads(timeType, (t: GoTime) => new GoTime(t.ms, t.ns)),
  IsZero: reads(boolType, (t: GoTime) => t.isZero),
  String: reads(stringType, (t: GoTime) => formatGoTime('2006-01-02 15:04:05.999999999 -0700 MST', t)),
  Format: reads(stringType, (t: GoTime, layout: string) => formatGoTime(layout, t), [stringType]),
  Before: reads(boolType, (t: GoTime, other: GoTime) => t.compare(other) < 0, [timeType]),
  After: reads(boolType, (t: GoTime, other: GoTime) => t.compare(other) > 0, [timeType]),
  Equal: reads(boolType, (t: GoTime, other: GoTime) => t.compare(other) === 0, [timeType]),
  Sub: reads(durationType, (t: GoTime, other: GoTime) => t.nanosecondsSince(other), [timeType]),
  Add: reads(timeType, (t: GoTime, span: number) => t.plus(span), [durationType]),
  Truncate: reads(timeType, truncated, [durationType]),
}

/** Rounded down to a multiple of a span since the zero time. */
function truncated(time: GoTime, span: number): GoTime {
  if (span <= 0) return time
  const zeroMs = -62_135_596_800_000
  const rest = (BigInt(time.ms - zeroMs) * 1_000_000n + BigInt(time.ns)) % BigInt(Math.trunc(span))
  return time.plus(-Number(rest))
}

/** Methods of Go's time.Duration. */
const durationMethods: Readonly<Record<string, MethodType>> = {
  Hours: reads(floatType, (span: number) => span / 3600e9),
  Minutes: reads(floatType, (span: number) => span / 60e9),
  Seconds: reads(floatType, (span: number) => span / 1e9),
  Milliseconds: reads(intType, (span: number) => Math.trunc(span / 1e6)),
  Microseconds: reads(intType, (span: number) => Math.trunc(span / 1e3)),
  Nanoseconds: reads(intType, (span: number) => span),
  String: reads(stringType, formatGoDuration),
  Abs: reads(durationType, Math.abs),
  Truncate: reads(durationType, (span: number, to: number) => (to <= 0 ? span : span - (span % to)), [
    durationType,
  ]),
  Round: reads(durationType, (span: number, to: number) => (to <= 0 ? span : Math.round(span / to) * to), [
    durationType,
  ]),
}

const none: Readonly<Record<string, MethodType>> = {}

/** The methods of a type's values. */
export function methodsOf(type: ExprType): Readonly<Record<string, MethodType>> {
  switch (type.kind) {
    case 'struct':
      return type.methods
    case 'time':
      return timeMethods
    case 'duration':
      return durationMethods
    case 'weekday':
      return { String: reads(stringType, (value: number) => nameOf('weekday', value)) }
    case 'month':
      return { String: reads(stringType, (value: number) => nameOf('month', value)) }
    case 'any':
    case 'nil':
    case 'string':
    case 'int':
    case 'float':
    case 'bool':
    case 'array':
    case 'map':
      return none
  }
}

const receivers = new WeakMap<MethodType, RuntimeFunction>()

/** A method as a function whose call on nil fails, with the offset as last argument. */
export function receiverOf(method: MethodType): RuntimeFunction {
  let receiver = receivers.get(method)
  if (receiver === undefined) {
    const call = method.call as (...args: unknown[]) => unknown
    receiver = (...args: readonly unknown[]) => {
      if (args[0] === null || args[0] === undefined)
        throw new Fault('invalid memory address or nil pointer dereference', Number(args.at(-1)))
      return call(...args.slice(0, -1))
    }
    receivers.set(method, receiver)
  }
  return receiver
}
