import type { Transaction } from '../transaction/transaction.ts'

/** A variable with one value; `undefined` when it does not exist in this transaction. */
export interface ScalarSource {
  readonly kind: 'scalar'
  readonly read: (tx: Transaction) => string | number | undefined
}

/** A variable with named members, in parallel lists. */
export interface ListSource {
  readonly kind: 'list'
  /** One or two lists: ARGS is the query's arguments and then the body's. */
  readonly lists: readonly ListAccess[]
}

/** Access to one list of a variable. */
export interface ListAccess {
  /** Name of the physical list: targets of the same list share what the prefilter found. */
  readonly column: string
  readonly values: (tx: Transaction) => readonly string[]
  readonly names: (tx: Transaction) => readonly string[]
}

/** A variable whose members are looked up by name. */
export interface MapSource {
  readonly kind: 'map'
  readonly get: (tx: Transaction, name: string) => string | number | undefined
  readonly entries: (tx: Transaction) => Iterable<readonly [name: string, value: string | number]>
}

/** How a variable is read. */
export type ValueSource = ScalarSource | ListSource | MapSource

/** Sources by canonical variable name. */
export type Sources = Readonly<Record<string, ValueSource>>
