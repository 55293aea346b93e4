/** Limits for untrusted JSON text. */
export interface JsonLimits {
  /** UTF-16 code units of the text. */
  readonly maxTextLength: number
  /** Nesting of objects and arrays. */
  readonly maxDepth: number
  /** Keys and array items in the whole document. */
  readonly maxNodes: number
  /** Length of one string or key. */
  readonly maxStringLength: number
}

/** Limits for one event line. */
export const eventJsonLimits: JsonLimits = {
  maxTextLength: 60_000,
  maxDepth: 12,
  maxNodes: 2_000,
  maxStringLength: 60_000,
}

/** Stable codes of refused documents. */
export type DecodeErrorCode =
  | 'EVENT_JSON_TOO_LONG'
  | 'EVENT_JSON_SYNTAX'
  | 'EVENT_JSON_TOO_DEEP'
  | 'EVENT_JSON_TOO_MANY_NODES'
  | 'EVENT_JSON_STRING_TOO_LONG'
  | 'EVENT_JSON_BAD_KEY'
  | 'EVENT_FIELD_MISSING'
  | 'EVENT_FIELD_TYPE'
  | 'EVENT_VERSION'

/** Result of decoding: a value, or why not and where. `path` is dotted, for the reader only. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: DecodeErrorCode; readonly path: string; readonly message: string }

/** Makes a failed `Decoded`. */
export function refuse(code: DecodeErrorCode, path: string, message: string): Decoded<never> {
  return { ok: false, code, path, message }
}

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** True for a JSON object, not null and not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Keys with a meaning for JavaScript itself never enter our objects: a later merge could pollute a prototype.
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

interface Walk {
  nodes: number
  readonly limits: JsonLimits
}

function checkString(text: string, path: string, walk: Walk): Decoded<never> | null {
  if (text.length <= walk.limits.maxStringLength) return null
  return refuse('EVENT_JSON_STRING_TOO_LONG', path, `longer than ${walk.limits.maxStringLength} characters`)
}

function checkObject(value: object, path: string, depth: number, walk: Walk): Decoded<never> | null {
  if (depth > walk.limits.maxDepth)
    return refuse('EVENT_JSON_TOO_DEEP', path, `nested deeper than ${walk.limits.maxDepth}`)
  for (const [key, child] of Object.entries(value)) {
    walk.nodes += 1
    if (walk.nodes > walk.limits.maxNodes)
      return refuse('EVENT_JSON_TOO_MANY_NODES', path, `more than ${walk.limits.maxNodes} values`)
    if (forbiddenKeys.has(key)) return refuse('EVENT_JSON_BAD_KEY', path, `key ${key} is not allowed`)
    const childPath = path === '' ? key.slice(0, 64) : `${path}.${key.slice(0, 64)}`
    const bad = checkString(key, path, walk) ?? checkValue(child, childPath, depth + 1, walk)
    if (bad !== null) return bad
  }
  return null
}

function checkValue(value: unknown, path: string, depth: number, walk: Walk): Decoded<never> | null {
  if (typeof value === 'string') return checkString(value, path, walk)
  if (typeof value === 'object' && value !== null) return checkObject(value, path, depth, walk)
  return null
}

/**
 * Parses untrusted JSON text within limits. Never throws. V8's parser is iterative, so depth is checked afterwards
 * on a document whose size is already bounded.
 */
export function parseBoundedJson(text: string, limits: JsonLimits): Decoded<Json> {
  if (text.length > limits.maxTextLength) {
    return refuse('EVENT_JSON_TOO_LONG', '', `${text.length} characters, at most ${limits.maxTextLength}`)
  }
  let value: Json
  try {
    value = JSON.parse(text) as Json // the walk below is what makes this trusted
  } catch (error) {
    return refuse('EVENT_JSON_SYNTAX', '', error instanceof Error ? error.message.slice(0, 200) : 'not JSON')
  }
  return checkValue(value, '', 1, { nodes: 0, limits }) ?? { ok: true, value }
}
