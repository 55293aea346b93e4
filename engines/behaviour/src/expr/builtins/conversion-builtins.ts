import { Buffer } from 'node:buffer'

import { formatValue } from '../../helpers/format-value.ts'
import { parseJson } from '../../helpers/parse-json.ts'
import { toJsonText } from '../../helpers/to-json-text.ts'
import { GoDuration, kindOf } from '../runtime/boxed.ts'
import { Fault } from '../runtime/fault.ts'
import { isNumeric } from '../runtime/operations.ts'
import { anyType, floatType, intType, stringType } from '../type.ts'
import { constantFunction } from './constant-function.ts'

import type { FunctionSpec } from '../function-spec.ts'

/** A whole number of a number (cut) or text; fails on anything else. */
function toInt(value: unknown): number {
  if (isNumeric(value)) return Math.trunc(Number(value))
  if (value instanceof GoDuration) return value.nanoseconds
  if (typeof value === 'string' && value.length < 32 && /^[+-]?[0-9]+$/.test(value))
    return Number.parseInt(value, 10)
  throw new Fault(
    `invalid argument for int: ${typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : kindOf(value)}`,
  )
}

function toFloat(value: unknown): number {
  if (isNumeric(value)) return Number(value)
  if (typeof value === 'string' && value.trim() === value && value !== '' && Number.isFinite(Number(value)))
    return Number(value)
  throw new Fault(
    `invalid argument for float: ${typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : kindOf(value)}`,
  )
}

const typeNames: Readonly<Record<string, string>> = {
  '<nil>': 'nil',
  float64: 'float',
  '[]interface {}': 'array',
  'map[string]interface {}': 'map',
}

function fromJson(text: string): unknown {
  const value = parseJson(text)
  if (value === undefined) throw new Fault('fromJSON: no JSON')
  return value
}

function fromBase64(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw new Fault('fromBase64: no base64')
  return Buffer.from(text, 'base64').toString('utf8')
}

/** Builtins that change the type of a value. */
export const conversionBuiltins: readonly (readonly [string, FunctionSpec])[] = [
  ['int', constantFunction([anyType], intType, toInt)],
  ['float', constantFunction([anyType], floatType, toFloat)],
  ['string', constantFunction([anyType], stringType, formatValue)],
  [
    'type',
    constantFunction([anyType], stringType, (value: unknown) => typeNames[kindOf(value)] ?? kindOf(value)),
  ],
  ['toJSON', constantFunction([anyType], stringType, (value: unknown) => toJsonText(value, 2))],
  ['fromJSON', constantFunction([stringType], anyType, fromJson)],
  [
    'toBase64',
    constantFunction([stringType], stringType, (text: string) => Buffer.from(text).toString('base64')),
  ],
  ['fromBase64', constantFunction([stringType], stringType, fromBase64)],
]
