import type { Quantity } from '../schema/units.ts'

type CompiledKey<K, V> = K extends string
  ? Exclude<V, undefined> extends Quantity<'ms'>
    ? `${K}Ms`
    : Exclude<V, undefined> extends Quantity<'bytes'>
      ? `${K}Bytes`
      : K
  : never

/**
 * What a parsed value looks like to the part that runs on it: everything readonly, durations as `<name>Ms`,
 * sizes as `<name>Bytes`, both plain numbers. `compileValue` does the same at run time.
 */
export type Compiled<T> =
  T extends Quantity<'ms' | 'bytes'>
    ? number
    : T extends readonly (infer E)[]
      ? readonly Compiled<E>[]
      : T extends object
        ? { readonly [K in keyof T as CompiledKey<K, T[K]>]: Compiled<T[K]> }
        : T

type Json = unknown

const suffix = { ms: 'Ms', bytes: 'Bytes' } as const

function isQuantity(value: unknown): value is Quantity<'ms' | 'bytes'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'unit' in value &&
    'value' in value &&
    !Array.isArray(value)
  )
}

function compileAny(value: unknown): Json {
  if (isQuantity(value)) return value.value
  if (Array.isArray(value)) return value.map(compileAny)
  if (typeof value !== 'object' || value === null) return value
  const compiled: Record<string, Json> = {}
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    compiled[isQuantity(member) ? `${key}${suffix[member.unit]}` : key] = compileAny(member)
  }
  return compiled
}

/** Turns what the schema gave into what a part reads: plain JSON with the units in the names. */
export function compileValue<T>(value: T): Compiled<T> {
  // The one place where the type-level and the run-time form of the same rule meet; compiled.test.ts holds them together.
  return compileAny(value) as Compiled<T>
}
