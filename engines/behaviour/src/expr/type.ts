/**
 * Types of expressions. Values at run time:
 *
 * | type | value |
 * | --- | --- |
 * | string, bool, nil | string, boolean, null |
 * | float | number |
 * | int | number where the type is known; bigint inside arrays, maps and `any`, so that 1 and 1.0 stay apart as in Go |
 * | duration | number of nanoseconds where the type is known; {@link GoDuration} inside arrays, maps and `any` |
 * | weekday, month | as duration, with {@link GoName} |
 * | time | {@link GoTime} |
 * | array | array, or null for Go's nil slice |
 * | map | Map, or a plain object read by its own keys (JSON), or null |
 * | struct | object of the struct's own shape, or null for a nil pointer |
 */
export type ExprType = SimpleType | ArrayType | MapType | StructType

/** A type without parts. */
export interface SimpleType {
  readonly kind:
    | 'any'
    | 'nil'
    | 'string'
    | 'int'
    | 'float'
    | 'bool'
    | 'time'
    | 'duration'
    | 'weekday'
    | 'month'
}

/** A list of values of one type. */
export interface ArrayType {
  readonly kind: 'array'
  readonly element: ExprType
}

/** Values by text. */
export interface MapType {
  readonly kind: 'map'
  readonly value: ExprType
}

/** A struct of the environment: fields and methods that an expression may name. */
export interface StructType {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: Readonly<Record<string, ExprType>>
  readonly methods: Readonly<Record<string, MethodType>>
}

/** A method: gets the value (never null) and its arguments. */
export interface MethodType {
  readonly parameters: readonly ExprType[]
  readonly result: ExprType
  /** Whether it only reads. Calls that write are never shared or moved. */
  readonly pure: boolean
  readonly call: (...args: never[]) => unknown
}

/** A type that its values hold: what it is at run time is only known then. */
export const anyType: SimpleType = { kind: 'any' }
/** The type of `nil`. */
export const nilType: SimpleType = { kind: 'nil' }
/** Text. */
export const stringType: SimpleType = { kind: 'string' }
/** Whole numbers, 64 bits in Go; exact here up to 2^53. */
export const intType: SimpleType = { kind: 'int' }
/** Floating point numbers. */
export const floatType: SimpleType = { kind: 'float' }
/** True or false. */
export const boolType: SimpleType = { kind: 'bool' }
/** Moments. */
export const timeType: SimpleType = { kind: 'time' }
/** Spans of time. */
export const durationType: SimpleType = { kind: 'duration' }
/** A list of values of a type. */
export const arrayOf = (element: ExprType): ArrayType => ({ kind: 'array', element })
/** Values of a type by text. */
export const mapOf = (value: ExprType): MapType => ({ kind: 'map', value })

/** Whether two types are the same. Structs are the same when they have the same name. */
export function sameType(a: ExprType, b: ExprType): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.element, b.element)
  if (a.kind === 'map' && b.kind === 'map') return sameType(a.value, b.value)
  return a.kind !== 'struct' || b.kind !== 'struct' || a.name === b.name
}

/** The type as a message names it. */
export function typeName(type: ExprType): string {
  if (type.kind === 'array') return `[]${typeName(type.element)}`
  if (type.kind === 'map') return `map[string]${typeName(type.value)}`
  return type.kind === 'struct' ? type.name : type.kind
}
