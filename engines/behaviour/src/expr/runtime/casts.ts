import { GoTime } from '../../helpers/go-time.ts'
import { GoDuration, GoName, kindOf } from './boxed.ts'
import { Fault } from './fault.ts'
import { isMapLike, isNumeric } from './operations.ts'

import type { ExprType } from '../type.ts'

type Cast = (value: unknown, at: number) => unknown

const wrong = (value: unknown, wanted: string, at: number): Fault =>
  new Fault(`interface conversion: interface {} is ${kindOf(value)}, not ${wanted}`, at)

/** The bool that a value of unknown type must be. */
export function asBool(value: unknown, at: number): boolean {
  if (typeof value !== 'boolean') throw wrong(value, 'bool', at)
  return value
}

const casts: Readonly<Partial<Record<ExprType['kind'], Cast>>> = {
  bool: asBool,
  string(value, at) {
    if (typeof value !== 'string') throw wrong(value, 'string', at)
    return value
  },
  int(value, at) {
    if (!isNumeric(value) || !Number.isInteger(Number(value))) throw wrong(value, 'int', at)
    return Number(value)
  },
  float(value, at) {
    if (!isNumeric(value)) throw wrong(value, 'float64', at)
    return Number(value)
  },
  array(value, at) {
    if (!Array.isArray(value)) throw wrong(value, '[]interface {}', at)
    return value
  },
  map(value, at) {
    if (!isMapLike(value)) throw wrong(value, 'map[string]interface {}', at)
    return value
  },
  time(value, at) {
    if (!(value instanceof GoTime)) throw wrong(value, 'time.Time', at)
    return value
  },
  duration(value, at) {
    if (!(value instanceof GoDuration)) throw wrong(value, 'time.Duration', at)
    return value.nanoseconds
  },
}

/** Checks that a value of unknown type is of a known one and gives it in that type's form; undefined: cannot be done. */
export function castTo(type: ExprType): Cast | undefined {
  return casts[type.kind]
}

/** A value of a known type in the form that arrays, maps and `any` hold. Types not named here have one form. */
export function boxer(type: ExprType): ((value: unknown) => unknown) | undefined {
  switch (type.kind) {
    case 'int':
      return (value) => BigInt(Math.trunc(value as number))
    case 'duration':
      return (value) => new GoDuration(value as number)
    case 'weekday':
      return (value) => new GoName('weekday', value as number)
    case 'month':
      return (value) => new GoName('month', value as number)
    case 'any':
    case 'nil':
    case 'string':
    case 'float':
    case 'bool':
    case 'time':
    case 'array':
    case 'map':
    case 'struct':
      return undefined
  }
}

/** The opposite of {@link boxer}, for items of typed arrays and maps. */
export function unboxer(type: ExprType): ((value: unknown) => unknown) | undefined {
  switch (type.kind) {
    case 'int':
      return Number
    case 'duration':
      return (value) => (value as GoDuration).nanoseconds
    case 'weekday':
    case 'month':
      return (value) => (value as GoName).value
    case 'any':
    case 'nil':
    case 'string':
    case 'float':
    case 'bool':
    case 'time':
    case 'array':
    case 'map':
    case 'struct':
      return undefined
  }
}

/** What a typed map gives for a key that it lacks: Go's zero value. Types not named here give nil. */
export function zeroOf(type: ExprType): unknown {
  if (type.kind === 'string') return ''
  if (type.kind === 'bool') return false
  return type.kind === 'int' || type.kind === 'float' || type.kind === 'duration' ? 0 : null
}
