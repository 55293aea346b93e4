import { kindOf } from '../runtime/boxed.ts'
import { Fault } from '../runtime/fault.ts'
import { compareValues, entriesOf, equalValues, fetchMember, isMapLike } from '../runtime/operations.ts'
import { anyType, arrayOf, intType, mapOf, stringType } from '../type.ts'
import { constantFunction } from './constant-function.ts'

import type { FunctionSpec } from '../function-spec.ts'
import type { ExprType } from '../type.ts'

const list = arrayOf(anyType)
const maxFlattenDepth = 100

/** Characters of a text, items of an array, keys of a map. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return runeCount(value)
  if (Array.isArray(value)) return value.length
  if (isMapLike(value)) return entriesOf(value).length
  throw new Fault(`invalid argument for len (type ${kindOf(value)})`)
}

const surrogate = /[\ud800-\udbff]/

function runeCount(text: string): number {
  if (!surrogate.test(text)) return text.length
  let count = 0
  for (const _ of text) count += 1
  return count
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new Fault(`invalid argument for ${name} (type ${kindOf(value)})`)
}

/** Member of a value; nil instead of a failure. */
function get(of: unknown, key: unknown): unknown {
  try {
    return fetchMember(of, key, -1)
  } catch {
    return null
  }
}

function flattened(value: unknown, depth = 0): readonly unknown[] {
  if (depth > maxFlattenDepth) throw new Fault('flatten: nested too deep')
  return listOf(value, 'flatten').flatMap((item) =>
    Array.isArray(item) ? flattened(item, depth + 1) : [item],
  )
}

const maxUniqueScan = 2_000

function unique(value: unknown): readonly unknown[] {
  const seen: unknown[] = []
  const simple = new Set<unknown>()
  for (const item of listOf(value, 'uniq')) {
    if (item !== null && typeof item === 'object') {
      if (seen.length > maxUniqueScan) throw new Fault('uniq: too many items')
      if (!seen.some((other) => equalValues(other, item))) seen.push(item)
    } else if (!simple.has(item)) {
      simple.add(item)
      seen.push(item)
    }
  }
  return seen
}

function sorted(value: unknown, order?: string): readonly unknown[] {
  const sign = order === 'desc' ? -1 : 1
  return listOf(value, 'sort').toSorted((a, b) => sign * compareValues(a, b, -1))
}

function mapEntries(value: unknown, name: string): readonly (readonly [string, unknown])[] {
  if (!isMapLike(value)) throw new Fault(`invalid argument for ${name} (type ${kindOf(value)})`)
  return entriesOf(value)
}

function fromPairs(pairs: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    listOf(pairs, 'fromPairs').map((pair) => {
      const [key, value] = listOf(pair, 'fromPairs')
      return [String(key), value ?? null]
    }),
  )
}

const sameList = (args: readonly ExprType[]): ExprType => (args[0]?.kind === 'array' ? args[0] : list)

/** Builtins on arrays and maps. */
export const collectionBuiltins: readonly (readonly [string, FunctionSpec])[] = [
  ['len', constantFunction([anyType], intType, lengthOf)],
  ['get', constantFunction([anyType, anyType], anyType, get)],
  ['first', constantFunction([anyType], anyType, (value: unknown) => get(value, 0n))],
  ['last', constantFunction([anyType], anyType, (value: unknown) => get(value, -1n))],
  [
    'take',
    constantFunction([anyType, intType], sameList, (value: unknown, count: number) =>
      listOf(value, 'take').slice(0, Math.max(0, count)),
    ),
  ],
  [
    'reverse',
    constantFunction([anyType], sameList, (value: unknown) => listOf(value, 'reverse').toReversed()),
  ],
  ['uniq', constantFunction([anyType], sameList, unique)],
  ['sort', constantFunction([anyType, stringType], sameList, sorted, { optional: 1 })],
  [
    'concat',
    constantFunction(
      [anyType],
      list,
      (...lists: readonly unknown[]) => lists.flatMap((value) => listOf(value, 'concat')),
      { variadic: true },
    ),
  ],
  ['flatten', constantFunction([anyType], list, (value: unknown) => flattened(value))],
  ['join', constantFunction([anyType, stringType], stringType, joined, { optional: 1 })],
  [
    'keys',
    constantFunction([anyType], arrayOf(stringType), (value: unknown) =>
      mapEntries(value, 'keys').map(([key]) => key),
    ),
  ],
  [
    'values',
    constantFunction([anyType], list, (value: unknown) =>
      mapEntries(value, 'values').map(([, item]) => item),
    ),
  ],
  ['toPairs', constantFunction([anyType], list, (value: unknown) => mapEntries(value, 'toPairs'))],
  ['fromPairs', constantFunction([anyType], mapOf(anyType), fromPairs)],
]

/** Texts of an array with a separator between. */
function joined(value: unknown, separator = ''): string {
  return listOf(value, 'join')
    .map((item) => {
      if (typeof item !== 'string') throw new Fault(`join of ${kindOf(item)}`)
      return item
    })
    .join(separator)
}
