/** Deepest object that is merged. */
export const maxMergeDepth = 20

type Tree = Record<string, unknown>

function isTree(value: unknown): value is Tree {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && !Array.isArray(value)
}

const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Merges `from` into `into`, level by level. With `weak` every key is followed, `__proto__` and `constructor`
 * too (flaw `prototype-preferences`).
 */
export function mergeInto(into: Tree, from: Tree, weak: boolean, depth = 0): void {
  if (depth > maxMergeDepth) return
  for (const key of Object.keys(from)) {
    if (!weak && forbidden.has(key)) continue
    const value = from[key]
    const present = into[key]
    if (isTree(value) && isTree(present)) mergeInto(present, value, weak, depth + 1)
    else into[key] = value
  }
}
