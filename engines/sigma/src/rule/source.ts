import { SigmaError } from '../error.ts'

/** A parsed YAML value: the engine takes values, never text. */
export type SigmaValue = string | number | boolean | null | readonly SigmaValue[] | SigmaMap
/** A parsed YAML mapping. */
export interface SigmaMap {
  readonly [key: string]: SigmaValue
}

/** Path of a value inside its document. */
export type SigmaPath = readonly (string | number)[]

/** True for a mapping. */
export function isMap(value: SigmaValue | undefined): value is SigmaMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for a list. */
export function isList(value: SigmaValue | undefined): value is readonly SigmaValue[] {
  return Array.isArray(value)
}

/** The mapping under `key`. @throws SigmaError SIGMA_DOCUMENT. */
export function mapAt(map: SigmaMap, key: string, path: SigmaPath): SigmaMap {
  const value = map[key]
  if (!isMap(value)) throw new SigmaError('SIGMA_DOCUMENT', [...path, key], `${key} must be a mapping`)
  return value
}

/** The text under `key`; undefined when absent. @throws SigmaError SIGMA_DOCUMENT for another type. */
export function textAt(map: SigmaMap, key: string, path: SigmaPath): string | undefined {
  const value = map[key]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new SigmaError('SIGMA_DOCUMENT', [...path, key], `${key} must be a text`)
}

/** The texts under `key`: one text or a list of them; empty when absent. */
export function textsAt(map: SigmaMap, key: string, path: SigmaPath): readonly string[] {
  const value = map[key]
  if (value === undefined || value === null) return []
  return (isList(value) ? value : [value]).map((item, index) => {
    if (typeof item === 'string' || typeof item === 'number') return String(item)
    throw new SigmaError('SIGMA_DOCUMENT', [...path, key, index], `${key} must hold texts`)
  })
}
