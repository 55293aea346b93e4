import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { judgeCode } from './judge-code.ts'

const maxDepth = 12

/** Operators (keys that begin with `$`) anywhere in a value. */
export function operatorsIn(value: unknown, into: Set<string> = new Set(), depth: number = 0): Set<string> {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return into
  for (const [key, child] of Object.entries(value)) {
    if (key.startsWith('$')) into.add(key)
    operatorsIn(child, into, depth + 1)
  }
  return into
}

function whereCode(value: unknown, depth: number = 0): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return []
  return Object.entries(value).flatMap(([key, child]) =>
    (key === '$where' || key === '$function' || key === '$accumulator') && typeof child === 'string'
      ? [child]
      : whereCode(child, depth + 1),
  )
}

// A key of a query or a form that parsers make an object of: `pass[$ne]`, `pass.$ne`.
const operatorKey = /(?:^|[[.])(\$[A-Za-z]+)(?=$|[\].[])/g
const longestKey = 200

function operatorsInKeys(inputs: Iterable<string>, into: Set<string>): void {
  for (const input of inputs)
    if (input.length <= longestKey && input.includes('$'))
      for (const [, operator = ''] of input.matchAll(operatorKey)) into.add(operator)
}

/**
 * Judges a filter of a document database: an operator that the request's own objects carry was put there by whoever sent
 * it, and code in `$where` must not hold an input as code.
 */
export function judgeFilter(
  filter: unknown,
  bodies: readonly unknown[],
  inputs: Iterable<string>,
): Finding | null {
  const operators = operatorsIn(filter)
  if (operators.size === 0) return null
  const sent = new Set<string>()
  for (const body of bodies) operatorsIn(body, sent)
  // Frameworks keep what they made of a query or a form in objects of their own.
  operatorsInKeys(inputs, sent)
  for (const operator of operators)
    if (sent.has(operator))
      return finding('nosql-injection', operator, 'a request brings an operator of its own into a filter')
  for (const code of whereCode(filter)) {
    const found = judgeCode(code, inputs)
    if (found !== null) return { ...found, attack: 'nosql-injection' }
  }
  return null
}
