import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'

/** A field of an object by its dotted name, as text; undefined when it is absent or no plain value. */
export function fieldText(event: JsonObject, path: string): string | undefined {
  let value: unknown = event
  for (const key of path.split('.')) value = isJsonObject(value) ? value[key] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
