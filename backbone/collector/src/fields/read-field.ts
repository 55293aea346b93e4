import { isJsonObject } from '@sevenfold/event'
import type { Field } from './fields.ts'

/** Value of a field in an event: text, number, a list of text, or undefined where it is absent or of another type. */
export type FieldValue = string | number | readonly string[] | undefined

/** Longest text that the index keeps of a field, in characters; the event itself keeps all of it. */
export const maxIndexedText = 2_000

const paths = new Map<string, readonly string[]>()

function pathOf(name: string): readonly string[] {
  let path = paths.get(name)
  if (path === undefined) {
    path = name.split('.')
    paths.set(name, path)
  }
  return path
}

/** Reads a field of a decoded event. */
export function readField(event: unknown, field: Field): FieldValue {
  let value: unknown = event
  for (const key of pathOf(field.name)) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  if (field.type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : undefined
  if (field.type === 'text') return typeof value === 'string' ? value.slice(0, maxIndexedText) : undefined
  if (typeof value === 'string') return [value]
  const items = Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
  return items.length === 0 ? undefined : items.map((item) => item.slice(0, maxIndexedText))
}
