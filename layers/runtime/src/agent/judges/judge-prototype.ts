const maxDepth = 64

/**
 * True when parsed JSON would reach a prototype once it is merged into another object: an own `__proto__`, or a
 * `constructor` that holds a `prototype`.
 */
export function reachesPrototype(value: unknown, depth: number = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return false
  if (Object.hasOwn(value, '__proto__')) return true
  const constructor: unknown = Object.hasOwn(value, 'constructor')
    ? (value as { constructor: unknown }).constructor
    : undefined
  if (typeof constructor === 'object' && constructor !== null && Object.hasOwn(constructor, 'prototype'))
    return true
  return Object.values(value).some((child) => reachesPrototype(child, depth + 1))
}

/** Cheap test whether a text is worth `reachesPrototype`. */
export function mentionsPrototype(text: string): boolean {
  return (
    text.includes('__proto__') ||
    (text.includes('constructor') && text.includes('prototype')) ||
    text.includes('\\u005f')
  )
}
