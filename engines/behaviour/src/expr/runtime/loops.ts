import { arithmetic } from './arithmetic.ts'
import { kindOf } from './boxed.ts'
import { Fault } from './fault.ts'
import { compareValues } from './operations.ts'

import type { LoopFunction, StepBudget } from '../ir/ir.ts'

type Body = (item: unknown, position: number, accumulator?: unknown) => unknown

function listOf(array: unknown, at: number): readonly unknown[] {
  if (!Array.isArray(array)) throw new Fault(`invalid argument for a predicate (type ${kindOf(array)})`, at)
  return array
}

function step(budget: StepBudget, at: number): void {
  budget.left -= 1
  if (budget.left < 0) throw new Fault('too many steps', at)
}

/** Runs `visit` over the items until it gives true. */
function each(
  array: unknown,
  {
    at,
    budget,
    visit,
  }: { at: number; budget: StepBudget; visit: (item: unknown, position: number) => boolean },
): void {
  const list = listOf(array, at)
  for (let position = 0; position < list.length; position++) {
    step(budget, at)
    if (visit(list[position] ?? null, position)) return
  }
}

function indexWhere(
  array: unknown,
  body: Body,
  { at, budget, last }: { at: number; budget: StepBudget; last: boolean },
): number {
  const list = listOf(array, at)
  for (let count = 0; count < list.length; count++) {
    step(budget, at)
    const position = last ? list.length - 1 - count : count
    if (body(list[position] ?? null, position) === true) return position
  }
  return -1
}

/** How many items make the predicate true, up to a number. */
function countWhere(
  array: unknown,
  body: Body,
  { at, budget, most }: { at: number; budget: StepBudget; most: number },
): number {
  let count = 0
  each(array, {
    at,
    budget,
    visit: (item, position) => {
      if (body(item, position) === true) count += 1
      return count >= most
    },
  })
  return count
}

const where =
  (last: boolean): LoopFunction =>
  (array, body, at, budget) => {
    const list = listOf(array, at)
    return list[indexWhere(list, body, { at, budget, last })] ?? null
  }

/** The builtins with predicates, by name. Each item looked at costs a step. */
export const loopFunctions: Readonly<Record<string, LoopFunction>> = {
  any: (array, body, at, budget) => indexWhere(array, body, { at, budget, last: false }) >= 0,
  none: (array, body, at, budget) => indexWhere(array, body, { at, budget, last: false }) < 0,
  all: (array, body, at, budget) =>
    indexWhere(array, (item, position) => body(item, position) !== true, { at, budget, last: false }) < 0,
  one: (array, body, at, budget) => countWhere(array, body, { at, budget, most: 2 }) === 1,
  count: (array, body, at, budget) => countWhere(array, body, { at, budget, most: Infinity }),
  find: where(false),
  findLast: where(true),
  findIndex: (array, body, at, budget) => indexWhere(array, body, { at, budget, last: false }),
  findLastIndex: (array, body, at, budget) => indexWhere(array, body, { at, budget, last: true }),
  filter: (array, body, at, budget) => {
    const found: unknown[] = []
    each(array, {
      at,
      budget,
      visit: (item, position) => body(item, position) === true && found.push(item) < 0,
    })
    return found
  },
  map: (array, body, at, budget) => {
    const made: unknown[] = []
    each(array, { at, budget, visit: (item, position) => made.push(body(item, position)) < 0 })
    return made
  },
  sum: (array, body, at, budget) => {
    let total: unknown = 0n
    each(array, {
      at,
      budget,
      visit: (item, position) => {
        total = arithmetic('+', total, body(item, position), at)
        return false
      },
    })
    return total
  },
  groupBy: (array, body, at, budget) => {
    const groups = new Map<unknown, unknown[]>()
    each(array, {
      at,
      budget,
      visit: (item, position) => {
        const key = body(item, position)
        const group = groups.get(key)
        if (group === undefined) groups.set(key, [item])
        else group.push(item)
        return false
      },
    })
    return groups
  },
  sortBy: (array, body, at, budget) => {
    const [list, order] = tupleOf(array)
    const keyed: { readonly key: unknown; readonly item: unknown }[] = []
    each(list, { at, budget, visit: (item, position) => keyed.push({ key: body(item, position), item }) < 0 })
    const sign = order === 'desc' ? -1 : 1
    return keyed.sort((a, b) => sign * compareValues(a.key, b.key, at)).map(({ item }) => item)
  },
  reduce: (array, body: Body, at, budget) => {
    const [list, initial] = tupleOf(array)
    let accumulator = initial
    each(list, {
      at,
      budget,
      visit: (item, position) => {
        accumulator = accumulator === undefined ? item : body(item, position, accumulator)
        return false
      },
    })
    if (accumulator === undefined) throw new Fault('reduce of empty array with no initial value', at)
    return accumulator
  },
}

/** The array and what came with it: `[array, other]` when something did. */
function tupleOf(array: unknown): readonly [unknown, unknown] {
  const pair = array as { readonly [tuple]?: readonly [unknown, unknown] } | null
  return pair?.[tuple] ?? [array, undefined]
}

const tuple = Symbol('array with another argument')

/** Joins an array and the third argument of `sortBy` or `reduce` into one value. */
export function withThird(array: unknown, third: unknown): unknown {
  return { [tuple]: [array, third] }
}
