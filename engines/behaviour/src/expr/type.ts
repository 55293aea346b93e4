/**
 * Types of expressions. Values at run time:
 *
 * | type | value |
 * | --- | --- |
 * | string, bool, nil | string, boolean, null |
 * | float | number |
 * | int | number where the type is known; bigint where it is not (`any`), so that 1 and 1.0 stay apart as in Go |
 * | duration | number of nanoseconds where the type is known; {@link GoDuration} in `any` |
 * | time | GoTime |
 * | array | array |
 * | map | Map, or a plain object read by its own keys (JSON) |
 * | struct | object of the struct's own shape |
 */
export type ExprType =
  | {
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
  | { readonly kind: 'array'; readonly element: ExprType }
  | { readonly kind: 'map'; readonly value: ExprType }
  | StructType

/** A struct of the environment: fields and methods that an expression may name. */
export interface StructType {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: Readonly<Record<string, ExprType>>
  readonly methods: Readonly<Record<string, MethodType>>
}

/** A method: gets the value and its arguments. */
export interface MethodType {
  readonly parameters: readonly ExprType[]
  readonly result: ExprType
  /** Whether it only reads. Calls that write are never shared or moved. */
  readonly pure: boolean
  readonly call: (self: never, ...args: never[]) => unknown
}

/** A value of an expression whose type is only known at run time; see {@link ExprType}. */
export type ExprValue = unknown
