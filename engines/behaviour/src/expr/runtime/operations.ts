import { GoTime } from '../../helpers/go-time.ts'
import { TextMap } from '../../helpers/key-value-pairs.ts'
import { GoDuration, GoName, kindOf } from './boxed.ts'
import { Fault } from './fault.ts'

/**
 * Operations on values whose type is only known at run time (`any`). They do what expr-lang's virtual machine does,
 * which includes what it refuses. The last argument of each is the offset that an error names.
 */

/** A member of a value: key of a map, item of an array. A missing key of a map is nil. */
export function fetchMember(of: unknown, key: unknown, at: number): unknown {
  if (of === null || of === undefined) throw new Fault(`cannot fetch ${shown(key)} from <nil>`, at)
  if (of instanceof Map) return of.get(key) ?? (of instanceof TextMap ? '' : null)
  if (Array.isArray(of) || typeof of === 'string') return itemAt(of, numberOf(key, at), at)
  if (typeof of === 'object' && typeof key === 'string' && isPlain(of)) {
    return Object.hasOwn(of, key) ? ((of as Record<string, unknown>)[key] ?? null) : null
  }
  throw new Fault(`cannot fetch ${shown(key)} from ${kindOf(of)}`, at)
}

/** As {@link fetchMember} for an index known to be whole. Negative ones count from the end. */
export function itemAt(of: readonly unknown[] | string | null, index: number, at: number): unknown {
  if (of === null) throw new Fault(`cannot fetch ${String(index)} from <nil>`, at)
  const place = index < 0 ? of.length + index : index
  if (!Number.isInteger(place) || place < 0 || place >= of.length)
    throw new Fault(`index out of range: ${String(index)}`, at)
  const item = of[place]
  return typeof of === 'string' ? BigInt(of.charCodeAt(place) & 0xff) : (item ?? null)
}

/** Value of a typed map; `missing` when the key is not there or the map is nil. */
export function mapValue(map: ReadonlyMap<string, unknown> | null, key: string, missing: unknown): unknown {
  return map?.get(key) ?? missing
}

/** Equality of any two values: numbers by value whatever their kind, arrays and maps by content. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null)
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b)
  if (typeof a !== 'object' || typeof b !== 'object') return false
  if (a instanceof GoTime && b instanceof GoTime) return a.compare(b) === 0
  if (a instanceof GoDuration && b instanceof GoDuration) return a.nanoseconds === b.nanoseconds
  if (a instanceof GoName && b instanceof GoName) return a.kind === b.kind && a.value === b.value
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalValues(item, b[index]))
  }
  return isMapLike(a) && isMapLike(b) && equalMaps(a, b)
}

function equalMaps(a: object, b: object): boolean {
  const left = entriesOf(a)
  const right = new Map(entriesOf(b))
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && equalValues(value, right.get(key)))
  )
}

/** Whether a value is a number, of either kind. */
export function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** Whether a value of unknown type is the number given. */
export function equalNumber(value: unknown, wanted: number): boolean {
  return value === wanted || (typeof value === 'bigint' && Number(value) === wanted)
}

/** Negative, 0 or positive; fails on values that have no order among them. */
export function compareValues(a: unknown, b: unknown, at: number): number {
  if (isNumeric(a) && isNumeric(b)) return Number(a) - Number(b)
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b)
  if (a instanceof GoTime && b instanceof GoTime) return a.compare(b)
  if (a instanceof GoDuration && b instanceof GoDuration) return a.nanoseconds - b.nanoseconds
  throw new Fault(`cannot compare ${kindOf(a)} and ${kindOf(b)}`, at)
}

/** Whether a value is in an array or a key is in a map. Nothing is in nil. */
export function isIn(value: unknown, of: unknown, at: number): boolean {
  if (of === null || of === undefined) return false
  if (Array.isArray(of)) return of.some((item) => equalValues(item, value))
  if (of instanceof Map) return of.has(value)
  if (typeof of === 'object' && isPlain(of)) return typeof value === 'string' && Object.hasOwn(of, value)
  throw new Fault(`operator "in" not defined on ${kindOf(of)}`, at)
}

/** Whether a value is in a list known beforehand: numbers stand there as numbers. */
export function isInKnown(value: unknown, known: ReadonlySet<unknown>): boolean {
  return known.has(typeof value === 'bigint' ? Number(value) : (value ?? null))
}

/** `contains`, `startsWith`, `endsWith` on values of unknown type: nil on either side gives false. */
export function textOperation(
  operation: 'includes' | 'startsWith' | 'endsWith',
  a: unknown,
  b: unknown,
  at: number,
): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return false
  if (typeof a !== 'string' || typeof b !== 'string') {
    throw new Fault(`${kindOf(typeof a === 'string' ? b : a)} is no string`, at)
  }
  return a[operation](b)
}

/** A part of an array or text, as Go slices it: texts by byte; places outside are moved to the nearest end. */
export function sliceOf(of: unknown, from: number | null, to: number | null, at: number): unknown {
  if (typeof of === 'string') return sliceText(of, from, to)
  if (!Array.isArray(of)) throw new Fault(`cannot slice ${kindOf(of)}`, at)
  const [start, end] = bounds(of.length, from, to)
  return of.slice(start, end)
}

/** A part of a text by bytes of its UTF-8 form. */
export function sliceText(text: string, from: number | null, to: number | null): string {
  if (!hasNonAscii.test(text)) return text.slice(...bounds(text.length, from, to))
  const bytes = new TextEncoder().encode(text)
  return new TextDecoder().decode(bytes.subarray(...bounds(bytes.length, from, to)))
}

const hasNonAscii = /[^\0-\x7f]/

function bounds(length: number, from: number | null, to: number | null): [number, number] {
  const place = (value: number | null, otherwise: number): number => {
    if (value === null) return otherwise
    return Math.max(0, Math.min(length, value < 0 ? length + value : value))
  }
  const end = place(to, length)
  return [Math.min(place(from, 0), end), end]
}

/** Keys and values of a map of either form. */
export function entriesOf(map: object): readonly (readonly [string, unknown])[] {
  return map instanceof Map ? [...(map as Map<string, unknown>)] : Object.entries(map)
}

/** Whether a value is a map of either form. */
export function isMapLike(value: unknown): value is object {
  return value instanceof Map || (typeof value === 'object' && value !== null && isPlain(value))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function numberOf(key: unknown, at: number): number {
  if (isNumeric(key)) return Number(key)
  throw new Fault(`cannot use ${kindOf(key)} as index`, at)
}

function shown(key: unknown): string {
  return typeof key === 'string' ? key.slice(0, 100) : isNumeric(key) ? String(key) : kindOf(key)
}
