import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'

// What a value is compared by; an object that is set (`set ?`) is meant to be one.
const comparison = /(?:=|<|>|\blike|\bis|\bnot)\s*$/i
const maxPlaceholders = 200
const maxDepth = 6

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Does a body hold this object, or one that reads the same? Applications parse bodies by themselves too. */
function holds(body: unknown, text: string, depth: number = 0): boolean {
  if (typeof body !== 'object' || body === null || depth > maxDepth) return false
  if (isPlainObject(body) && textOf(body) === text) return true
  return Object.values(body).some((child) => holds(child, text, depth + 1))
}

function textOf(object: object): string | undefined {
  try {
    return JSON.stringify(object)
  } catch {
    return undefined // it refers to itself: nothing that was sent does
  }
}

/** Objects that are bound where a value is compared. */
export function comparedObjects(sql: string, values: unknown): readonly object[] {
  if (!Array.isArray(values) || !values.some((value) => isPlainObject(value))) return []
  const objects: object[] = []
  let at = -1
  for (const value of (values as readonly unknown[]).slice(0, maxPlaceholders)) {
    at = sql.indexOf('?', at + 1)
    if (at < 0) break
    const before = sql.slice(Math.max(0, at - 20), at)
    const isSet = /\bset\b[^=]*=\s*$/i.test(sql.slice(Math.max(0, at - 200), at))
    if (isPlainObject(value) && comparison.test(before) && !isSet) objects.push(value)
  }
  return objects
}

/**
 * Judges values that the mysql packages write into a statement: an object becomes ``column = value``, so that
 * `password = ?` with an object from outside reads ``password = `password` = 1`` and is true for everybody.
 */
export function judgeOperands(objects: readonly object[], bodies: readonly unknown[]): Finding | null {
  for (const object of objects) {
    const text = textOf(object)
    if (text === undefined || !bodies.some((body) => holds(body, text))) continue
    return finding('sql-injection', text, 'a request brings an object where a statement compares a value')
  }
  return null
}
