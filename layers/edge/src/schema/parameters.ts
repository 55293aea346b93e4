import { isJsonObject } from '@sevenfold/event'
import type { OpenapiDocument } from './load-document.ts'
import { resolveReference } from './resolve-reference.ts'
import { referenceTo } from './validator.ts'
import type { Check, Validators } from './validator.ts'

/** Where a parameter stands. */
export type ParameterPlace = 'path' | 'query' | 'header' | 'cookie'

interface Parameter {
  readonly name: string
  readonly place: ParameterPlace
  readonly required: boolean
  readonly isList: boolean
  /** Text between the values of a list that comes as one; null: the parameter is repeated. */
  readonly separator: string | null
  readonly pointer: string
}

/** Most parameters of one request that are read. */
export const maxParameters = 256

const places = new Set<string>(['path', 'query', 'header', 'cookie'])
// OpenAPI 3.1, section 4.8.12.2: described elsewhere.
const otherwise = new Set(['accept', 'content-type', 'authorization'])
const separators: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|' }

function typesOf(document: OpenapiDocument, schema: unknown, pointer: string): readonly unknown[] {
  const resolved = resolveReference(document.root, schema, pointer)
  const type = resolved?.value['type']
  return Array.isArray(type) ? type : [type]
}

function parameterOf(document: OpenapiDocument, value: unknown, at: string): Parameter | null {
  const resolved = resolveReference(document.root, value, at)
  if (resolved === null) return null
  const { name, in: place, required, schema, style, explode } = resolved.value
  // Objects in the style deepObject and parameters with `content` are not read: they pass.
  if (typeof name !== 'string' || typeof place !== 'string' || !places.has(place) || !isJsonObject(schema))
    return null
  const pointer = `${resolved.pointer}/schema`
  const types = typesOf(document, schema, pointer)
  if (types.includes('object') || style === 'deepObject') return null
  if (place === 'header' && otherwise.has(name.toLowerCase())) return null
  const isList = types.includes('array')
  const repeats = place === 'query' && explode !== false && (style === undefined || style === 'form')
  return {
    name: place === 'header' ? name.toLowerCase() : name,
    place: place as ParameterPlace,
    required: required === true || place === 'path',
    isList,
    separator: repeats ? null : (separators[String(style)] ?? ','),
    pointer,
  }
}

/** Values of the parameters of one place, by name; several where a name came several times. */
export type ParameterValues = Iterable<readonly [name: string, value: string]>

/** The parameters of one operation in one place. */
export class PlaceParameters {
  private readonly parameters: ReadonlyMap<string, Parameter>
  private readonly check: Check
  private readonly refusesUnknown: boolean

  constructor(parameters: readonly Parameter[], validators: Validators, refusesUnknown: boolean) {
    this.parameters = new Map(parameters.map((parameter) => [parameter.name, parameter]))
    this.refusesUnknown = refusesUnknown
    this.check = validators.ofTexts({
      type: 'object',
      properties: Object.fromEntries(parameters.map(({ name, pointer }) => [name, referenceTo(pointer)])),
      required: parameters.filter(({ required }) => required).map(({ name }) => name),
    })
  }

  /** What is wrong; empty when nothing is. */
  judge(values: ParameterValues): string {
    const object: Record<string, unknown> = {}
    let count = 0
    for (const [name, value] of values) {
      count += 1
      if (count > maxParameters) return `more than ${maxParameters} parameters`
      const parameter = this.parameters.get(name)
      if (parameter === undefined) {
        if (this.refusesUnknown) return `unknown parameter ${name.slice(0, 60)}`
        continue
      }
      const wrong = put(object, parameter, value)
      if (wrong !== '') return wrong
    }
    return this.check(object)
  }
}

function put(object: Record<string, unknown>, { name, isList, separator }: Parameter, value: string): string {
  const present = Object.hasOwn(object, name) ? object[name] : undefined
  let next: unknown = value
  if (isList && separator !== null) next = value.split(separator)
  else if (isList) next = Array.isArray(present) ? [...(present as unknown[]), value] : [value]
  if (present !== undefined && (!isList || separator !== null)) return `${name} came twice`
  Object.defineProperty(object, name, { value: next, enumerable: true, writable: true, configurable: true })
  return ''
}

/** Reads the parameters of a path item and an operation; those of the operation win. */
export function parametersOf(
  document: OpenapiDocument,
  lists: readonly { readonly value: unknown; readonly pointer: string }[],
): readonly Parameter[] {
  const found = new Map<string, Parameter>()
  for (const { value, pointer } of lists) {
    if (!Array.isArray(value)) continue
    for (const [index, entry] of (value as unknown[]).entries()) {
      const parameter = parameterOf(document, entry, `${pointer}/${index}`)
      if (parameter !== null) found.set(`${parameter.place} ${parameter.name}`, parameter)
    }
  }
  return [...found.values()]
}
