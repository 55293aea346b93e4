import { isJsonObject, parseBoundedJson, refuse } from '../json/bounded.ts'
import type { Decoded, JsonLimits, JsonObject } from '../json/bounded.ts'

/** Thrown inside a decoder and turned into a `Decoded` by `decodeObject`; never leaves this package. */
export class FieldError extends Error {
  readonly path: string
  constructor(path: string, message: string) {
    super(message)
    this.name = 'FieldError'
    this.path = path
  }
}

/** The string field `key`, of at most `max` characters. */
export function stringField(object: JsonObject, key: string, max = 256): string {
  const value = object[key]
  if (typeof value !== 'string') throw new FieldError(key, `${key} must be a string`)
  if (value.length > max) throw new FieldError(key, `${key} is longer than ${max} characters`)
  return value
}

/** The string field `key` or undefined where it is absent. */
export function optionalString(object: JsonObject, key: string, max = 256): string | undefined {
  return object[key] === undefined ? undefined : stringField(object, key, max)
}

/** A whole number from 0 to 2^53 − 1. */
export function integerField(object: JsonObject, key: string): number {
  const value = object[key]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new FieldError(key, `${key} must be a whole number from 0`)
  }
  return value
}

/** One of the strings in `values`. */
export function choiceField<T extends string>(object: JsonObject, key: string, values: readonly T[]): T {
  const value = object[key]
  const found = values.find((candidate) => candidate === value)
  if (found === undefined) throw new FieldError(key, `${key} must be one of ${values.join(', ')}`)
  return found
}

/** The object field `key`. */
export function objectField(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  if (!isJsonObject(value)) throw new FieldError(key, `${key} must be an object`)
  return value
}

/** The array field `key` of at most `max` items. */
export function arrayField(object: JsonObject, key: string, max: number): readonly unknown[] {
  const value = object[key]
  if (!Array.isArray(value)) throw new FieldError(key, `${key} must be a list`)
  if (value.length > max) throw new FieldError(key, `${key} has more than ${max} items`)
  return value
}

/** An object of numbers: counters. */
export function numbersField(object: JsonObject, key: string): Readonly<Record<string, number>> {
  const numbers: Record<string, number> = {}
  for (const [name, value] of Object.entries(objectField(object, key))) {
    if (typeof value !== 'number') throw new FieldError(`${key}.${name}`, `${key}.${name} must be a number`)
    numbers[name] = value
  }
  return numbers
}

/** Parses bounded JSON text into an object and decodes it; never throws. */
export function decodeObject<T>(
  text: string,
  limits: JsonLimits,
  decode: (object: JsonObject) => T,
): Decoded<T> {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok) return parsed
  if (!isJsonObject(parsed.value)) return refuse('EVENT_FIELD_TYPE', '', 'must be an object')
  try {
    return { ok: true, value: decode(parsed.value) }
  } catch (error) {
    if (error instanceof FieldError) return refuse('EVENT_FIELD_TYPE', error.path, error.message)
    throw error
  }
}
