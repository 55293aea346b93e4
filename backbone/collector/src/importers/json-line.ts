import { isIP } from 'node:net'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { ImportError } from './importer.ts'

/** Longest line that is read, in characters; nesting and number of values of a line of JSON. */
export const importLimits = {
  maxTextLength: 1_048_576,
  maxDepth: 32,
  maxNodes: 20_000,
  maxStringLength: 262_144,
} as const
/** Most items that are kept of a list. */
export const maxListItems = 64

/** The object on a line. Throws ImportError for anything else, and over `importLimits`. */
export function jsonLine(line: string): JsonObject {
  const parsed = parseBoundedJson(line, importLimits)
  if (!parsed.ok) throw new ImportError(`no JSON within the limits: ${parsed.code}`)
  if (!isJsonObject(parsed.value)) throw new ImportError('no JSON object')
  return parsed.value
}

const none: JsonObject = Object.freeze({})

/** A member that is an object; an empty one when it is not. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  return value !== undefined && isJsonObject(value) ? value : none
}

/** A member as text; numbers and booleans are written out, anything else and empty text is undefined. */
export function textAt(object: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A member as a whole number of at least 0, from a number or its decimal text. */
export function integerAt(object: JsonObject, key: string): number | undefined {
  return integer(Object.hasOwn(object, key) ? object[key] : undefined)
}

/** A whole number of at least 0, from a number or its decimal text. */
export function integer(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** A member as a finite number, from a number or its decimal text. */
export function numberAt(object: JsonObject, key: string): number | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  const number =
    typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** A member as a list of texts: of a list its texts, of a text that text; undefined when there is none. */
export function textsAt(object: JsonObject, key: string): readonly string[] | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  const items = (Array.isArray(value) ? value : [value])
    .filter((item) => typeof item === 'string')
    .slice(0, maxListItems)
  return items.length === 0 ? undefined : items
}

/** A member that is a list of objects, at most `maxListItems`. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = Object.hasOwn(object, key) ? object[key] : undefined
  return Array.isArray(value) ? value.slice(0, maxListItems).filter(isJsonObject) : []
}

/** An ECS endpoint: `ip` only for what is an address. */
export function endpoint(
  address: string | undefined,
  port?: number,
  more: Readonly<Record<string, string | number | undefined>> = {},
): Readonly<Record<string, string | number | undefined>> {
  const isAddress = address !== undefined && isIP(address) !== 0
  return {
    address,
    ip: isAddress ? address : undefined,
    domain: isAddress ? undefined : address,
    port: port !== undefined && port <= 65_535 ? port : undefined,
    ...more,
  }
}

/** An ECS `url` from a request target or a whole URL. */
export function urlFields(
  target: string | undefined,
  domain?: string,
  scheme?: string,
): Readonly<Record<string, string | undefined>> {
  if (target === undefined) return { domain, scheme }
  const whole = /^(https?):\/\/([^/?#]*)([^?#]*)/i.exec(target)
  const mark = target.indexOf('?')
  const hash = target.indexOf('#', Math.max(mark, 0))
  const [path, host] =
    whole === null ? [mark < 0 ? target : target.slice(0, mark), domain] : [whole[3], whole[2]]
  return {
    original: target,
    path: path === '' ? '/' : path,
    query: mark < 0 ? undefined : target.slice(mark + 1, hash < 0 ? undefined : hash),
    domain: host?.replace(/:\d{1,5}$/, ''),
    scheme: whole?.[1]?.toLowerCase() ?? scheme,
  }
}
