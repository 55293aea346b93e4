import { IrKeys } from '../ir/ir-key.ts'
import { guardsOf, type Guard } from './guard.ts'

import type { Ir } from '../ir/ir.ts'

/** Which expressions can be true, by the values of a few texts. */
export interface SelectionPlan {
  /** The texts looked at. */
  readonly texts: readonly Ir[]
  /** For each text, the expressions that need it to have a value. */
  readonly byValue: readonly ReadonlyMap<string, readonly number[]>[]
  /** Expressions without an equality. */
  readonly always: readonly number[]
}

/** Most texts that are looked at for each event. */
const maxTexts = 16

/**
 * Gives each expression the one of its equalities whose text most expressions share, so that few texts tell for all.
 */
export function planSelection(expressions: readonly Ir[]): SelectionPlan {
  const keys = new IrKeys()
  const guards = expressions.map((node) => guardsOf(node))
  const popularity = new Map<number, number>()
  for (const list of guards) {
    for (const key of new Set(list.map((guard) => keys.of(guard.text))))
      popularity.set(key, (popularity.get(key) ?? 0) + 1)
  }
  const kept = [...popularity].sort((a, b) => b[1] - a[1]).slice(0, maxTexts)
  const places = new Map(kept.map(([key], place) => [key, place]))
  const texts: Ir[] = []
  const byValue = kept.map(() => new Map<string, number[]>())
  const always: number[] = []
  for (const [index, list] of guards.entries()) {
    const guard = bestOf(list, (text) => places.get(keys.of(text)) ?? Infinity)
    const place = guard === undefined ? undefined : places.get(keys.of(guard.text))
    if (guard === undefined || place === undefined) {
      always.push(index)
      continue
    }
    texts[place] = guard.text
    for (const value of new Set(guard.values)) addTo(byValue[place], value, index)
  }
  return compacted(texts, byValue, always)
}

/** Values told apart by fewer expressions tell more; among those, the more popular text. */
function bestOf(guards: readonly Guard[], rank: (text: Ir) => number): Guard | undefined {
  return guards
    .filter((guard) => rank(guard.text) !== Infinity)
    .sort((a, b) => rank(a.text) - rank(b.text))[0]
}

function addTo(map: Map<string, number[]> | undefined, value: string, index: number): void {
  const list = map?.get(value)
  if (list === undefined) map?.set(value, [index])
  else list.push(index)
}

/** Leaves out texts that no expression was put under. */
function compacted(
  texts: readonly (Ir | undefined)[],
  byValue: readonly Map<string, number[]>[],
  always: readonly number[],
): SelectionPlan {
  const used = byValue.flatMap((map, place) => {
    const text = texts[place]
    return text === undefined ? [] : [{ text, map }]
  })
  return { texts: used.map(({ text }) => text), byValue: used.map(({ map }) => map), always }
}
