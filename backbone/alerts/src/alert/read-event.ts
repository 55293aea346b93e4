import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'

/** The text along a path of keys, or an empty one. */
export function textAt(event: JsonObject, ...path: readonly string[]): string {
  const value = valueAt(event, ...path)
  return typeof value === 'string' ? value : ''
}

/** The value along a path of keys. */
export function valueAt(event: JsonObject, ...path: readonly string[]): JsonObject[string] | undefined {
  let value: JsonObject[string] | undefined = event
  for (const key of path) {
    if (!isJsonObject(value)) return undefined
    value = value[key]
  }
  return value
}
