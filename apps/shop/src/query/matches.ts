/** What a comparison operator asks of a field. */
type Operator = (value: unknown, wanted: unknown) => boolean

const operators: Readonly<Record<string, Operator>> = {
  $ne: (value, wanted) => value !== wanted,
  $gt: (value, wanted) => typeof value === typeof wanted && (value as number) > (wanted as number),
  $lt: (value, wanted) => typeof value === typeof wanted && (value as number) < (wanted as number),
  $in: (value, wanted) => Array.isArray(wanted) && wanted.includes(value),
  $exists: (value, wanted) => (value !== undefined) === wanted,
  $regex: (value, wanted) => typeof value === 'string' && new RegExp(String(wanted)).test(value),
}

function fieldMatches(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted
  return Object.entries(wanted).every(([name, operand]) => operators[name]?.(value, operand) === true)
}

/**
 * True when the document fits the query, in the manner of document databases: plain values are compared,
 * objects hold operators, `$where` holds JavaScript. It does exactly what is asked; that callers pass what a
 * visitor sent is the flaw (`nosql-login`, `nosql-filter`).
 */
export function matches(
  document: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(query).every(([name, wanted]) => {
    if (name !== '$where') return fieldMatches(document[name], wanted)
    // oxlint-disable-next-line typescript/no-implied-eval -- the flaw itself
    const evaluate = new Function('document', `return (${String(wanted)})`) as (document: unknown) => unknown
    return Boolean(evaluate(document))
  })
}

/** A query whose values are all plain, as the patched shop insists. */
export function isPlainQuery(query: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(query).every(
    ([name, value]) => !name.startsWith('$') && (typeof value !== 'object' || value === null),
  )
}
