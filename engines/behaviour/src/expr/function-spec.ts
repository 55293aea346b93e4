import type { ExprType } from './type.ts'

/** A function that expressions may call. Arguments arrive in the form of the parameter's type (see {@link ExprType}). */
export interface FunctionSpec {
  readonly parameters: readonly ExprType[]
  /** How many of the last parameters may be left out. */
  readonly optional?: number
  /** Whether the last parameter takes any number of arguments, none included. */
  readonly variadic?: boolean
  readonly result: ExprType | ((args: readonly ExprType[]) => ExprType)
  /** Whether it only reads. Calls that write are never shared or moved. */
  readonly pure: boolean
  /** Whether the same arguments give the same result for as long as the expression lives: such calls are made once. */
  readonly constant?: boolean
  /** Throws {@link Fault} when it fails as its model would. */
  readonly call: (...args: never[]) => unknown
  /** A faster function for calls some of whose arguments are known; takes the same arguments. */
  readonly specialize?: (
    known: readonly (KnownArgument | undefined)[],
  ) => ((...args: never[]) => unknown) | undefined
}

/** An argument that is the same in every call. */
export interface KnownArgument {
  readonly value: unknown
}

/** Functions by name. */
export type FunctionTable = ReadonlyMap<string, FunctionSpec>

/** What an expression may name: variables in the order of the scope's values, and functions. */
export interface Environment {
  readonly variables: Readonly<Record<string, ExprType>>
  /** Functions of this environment alone, beside the builtins and helpers. */
  readonly functions?: FunctionTable
}
