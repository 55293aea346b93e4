import { constantFunction } from '../expr/builtins/constant-function.ts'
import { Fault } from '../expr/runtime/fault.ts'
import { equalValues } from '../expr/runtime/operations.ts'
import { anyType, arrayOf, boolType, floatType, stringType } from '../expr/type.ts'
import { formatText } from './format-text.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'
import type { Facilities } from './facilities.ts'

const list = arrayOf(anyType)
const maxItems = 2_000

/** Helpers on numbers and lists, and LogInfo. */
export function valueHelpers({ log }: Facilities): readonly (readonly [string, FunctionSpec])[] {
  const logInfo = (format: string, ...args: readonly unknown[]): true => {
    log?.(formatText(format, ...args))
    return true
  }
  return [
    ['Atof', constantFunction([stringType], floatType, atof)],
    [
      'FloatApproxEqual',
      constantFunction([floatType, floatType], boolType, (a: number, b: number) => Math.abs(a - b) < 1e-6),
    ],
    ['Distance', constantFunction([stringType, stringType, stringType, stringType], floatType, distance)],
    [
      'Flatten',
      constantFunction([anyType], list, (...values: readonly unknown[]) => flat(values, 0), {
        variadic: true,
      }),
    ],
    [
      'Distinct',
      constantFunction(
        [anyType],
        list,
        (...values: readonly unknown[]) =>
          distinct(values.length === 1 && Array.isArray(values[0]) ? values[0] : values),
        { variadic: true },
      ),
    ],
    [
      'FlattenDistinct',
      constantFunction([anyType], list, (...values: readonly unknown[]) => distinct(flat(values, 0)), {
        variadic: true,
      }),
    ],
    [
      'LogInfo',
      { parameters: [stringType, anyType], variadic: true, result: boolType, pure: false, call: logInfo },
    ],
  ]
}

/** A floating point number of a text; 0 when it is none. */
function atof(text: string): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : 0
}

const earthRadiusKm = 6_371

/** Kilometres between two points of the earth (haversine); 0 when either is 0,0, which stands for "not known". */
function distance(...texts: readonly string[]): number {
  const degrees = texts.map((text) => {
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) throw new Fault('Distance: no coordinate')
    return Number(text)
  })
  const [lat1 = 0, lon1 = 0, lat2 = 0, lon2 = 0] = degrees.map((degree) => (degree * Math.PI) / 180)
  if ((lat1 === 0 && lon1 === 0) || (lat2 === 0 && lon2 === 0)) return 0
  const a =
    Math.sin((lat2 - lat1) / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin((lon2 - lon1) / 2) ** 2
  return 2 * earthRadiusKm * Math.atan2(Math.sqrt(a), Math.sqrt(1 - a))
}

function flat(values: readonly unknown[], depth: number): readonly unknown[] {
  if (depth > 50) throw new Fault('Flatten: nested too deep')
  return values.flatMap((value): readonly unknown[] =>
    Array.isArray(value) ? flat(value, depth + 1) : [value],
  )
}

function distinct(values: readonly unknown[]): readonly unknown[] {
  if (values.length > maxItems) throw new Fault('Distinct: too many items')
  const kept: unknown[] = []
  for (const value of values) if (!kept.some((other) => equalValues(other, value))) kept.push(value)
  return kept
}
