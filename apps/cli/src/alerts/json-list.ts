import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'

/** The objects of a list under `key`; empty when there is none. */
export function objectsAt(value: Json | undefined, key: string): readonly JsonObject[] {
  const list = isJsonObject(value) ? value[key] : undefined
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

/** The texts of a list under `key`. */
export function textsAt(value: JsonObject, key: string): readonly string[] {
  const list = value[key]
  return Array.isArray(list)
    ? list.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
    : []
}
