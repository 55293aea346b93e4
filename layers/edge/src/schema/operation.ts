import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { listHeaders } from '../http/header-list.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { OpenapiDocument } from './load-document.ts'
import { PlaceParameters, parametersOf } from './parameters.ts'
import type { ParameterPlace } from './parameters.ts'
import { pointerToken, resolveReference } from './resolve-reference.ts'
import { referenceTo } from './validator.ts'
import type { Check, Validators } from './validator.ts'

/** Why a request is not as described. */
export interface SchemaFault {
  readonly rule: 'schema-path' | 'schema-method' | 'schema-parameter' | 'schema-content-type' | 'schema-body'
  readonly status: 400 | 404 | 405 | 413 | 415
  readonly message: string
  /** Methods of the path, for `Allow`. */
  readonly allow?: string
}

interface BodyType {
  /** Lower case; `*` stands for everything. */
  readonly type: string
  readonly check: Check | null
  readonly isForm: boolean
}

/** Bounds of a JSON body that is checked. */
const jsonLimits = { maxTextLength: 1_048_576, maxDepth: 32, maxNodes: 50_000, maxStringLength: 1_048_576 }

const jsonType = /^application\/(?:[\w.+-]+\+)?json$/
const formType = 'application/x-www-form-urlencoded'

/** What makes an operation. */
export interface OperationSource {
  readonly document: OpenapiDocument
  readonly validators: Validators
  /** `#/paths/…` of the path item, and the item. */
  readonly pointer: string
  readonly item: Readonly<Record<string, unknown>>
  readonly method: string
  readonly refusesUnknownParameters: boolean
}

/** One method of one path, compiled. */
export class Operation {
  private readonly places: ReadonlyMap<ParameterPlace, PlaceParameters>
  private readonly bodies: readonly BodyType[]
  private readonly bodyRequired: boolean

  constructor(source: OperationSource) {
    const { document, pointer, item, method } = source
    const operation = item[method]
    const parameters = parametersOf(document, [
      { value: item['parameters'], pointer: `${pointer}/parameters` },
      {
        value: isJsonObject(operation) ? operation['parameters'] : null,
        pointer: `${pointer}/${method}/parameters`,
      },
    ])
    const made = new Map<ParameterPlace, PlaceParameters>()
    for (const place of ['path', 'query', 'header', 'cookie'] as const) {
      const own = parameters.filter((parameter) => parameter.place === place)
      const strict = place === 'query' && source.refusesUnknownParameters
      if (own.length > 0 || strict) made.set(place, new PlaceParameters(own, source.validators, strict))
    }
    this.places = made
    const body = resolveReference(
      document.root,
      isJsonObject(operation) ? operation['requestBody'] : null,
      `${pointer}/${method}/requestBody`,
    )
    this.bodyRequired = body?.value['required'] === true
    this.bodies =
      body === null ? [] : bodyTypes(body.value['content'], `${body.pointer}/content`, source.validators)
  }

  /** Judges parameters and the type of the body; null when both are as described. */
  judgeHead(
    head: RequestHead,
    pathValues: Readonly<Record<string, string>>,
    hasBody: boolean,
  ): SchemaFault | null {
    const parameter = this.judgeParameters(head, pathValues)
    if (parameter !== '') return { rule: 'schema-parameter', status: 400, message: parameter }
    if (!hasBody) {
      return this.bodyRequired ? { rule: 'schema-body', status: 400, message: 'a body is required' } : null
    }
    const type = contentType(head)
    if (this.bodies.length > 0 && this.bodyType(type) === null) {
      return {
        rule: 'schema-content-type',
        status: 415,
        message: `bodies of type ${type.slice(0, 60) || 'none'} are not described`,
      }
    }
    return null
  }

  /** True when the body must be seen to be judged. */
  wantsBody(head: RequestHead): boolean {
    return (this.bodyType(contentType(head))?.check ?? null) !== null
  }

  /** @param text of the whole body. */
  judgeBody(head: RequestHead, text: string): SchemaFault | null {
    const body = this.bodyType(contentType(head))
    if (body === null || body.check === null) return null
    const value = body.isForm ? formValue(text) : jsonValue(text)
    if (value === undefined) return { rule: 'schema-body', status: 400, message: 'the body cannot be read' }
    const message = body.check(value)
    return message === '' ? null : { rule: 'schema-body', status: 400, message }
  }

  private judgeParameters(head: RequestHead, pathValues: Readonly<Record<string, string>>): string {
    const mark = head.target.indexOf('?')
    const values: Readonly<Record<ParameterPlace, () => Iterable<readonly [string, string]>>> = {
      path: () => Object.entries(pathValues),
      query: () => new URLSearchParams(mark < 0 ? '' : head.target.slice(mark + 1)),
      header: () => headerValues(head, this.places.has('header')),
      cookie: () => cookieValues(head),
    }
    for (const [place, parameters] of this.places) {
      const wrong = parameters.judge(values[place]())
      if (wrong !== '') return `${place}${wrong.startsWith('/') ? '' : ' '}${wrong}`
    }
    return ''
  }

  private bodyType(type: string): BodyType | null {
    const kind = `${type.split('/', 1)[0] ?? ''}/*`
    return (
      this.bodies.find((body) => body.type === type) ??
      this.bodies.find((body) => body.type === kind) ??
      this.bodies.find((body) => body.type === '*/*') ??
      null
    )
  }
}

function bodyTypes(content: unknown, pointer: string, validators: Validators): readonly BodyType[] {
  if (!isJsonObject(content)) return []
  return Object.entries(content).map(([name, media]) => {
    const type = name.split(';', 1)[0]?.trim().toLowerCase() ?? ''
    const isForm = type === formType
    const described = isJsonObject(media) && isJsonObject(media['schema'])
    const at = `${pointer}/${pointerToken(name)}/schema`
    if (!described || (!isForm && !jsonType.test(type))) return { type, check: null, isForm }
    return { type, isForm, check: isForm ? validators.ofTexts(referenceTo(at)) : validators.at(at) }
  })
}

function contentType(head: RequestHead): string {
  for (const [name, value] of headerValues(head, true)) {
    if (name === 'content-type') return value.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  }
  return ''
}

function* headerValues(head: RequestHead, wanted: boolean): Generator<readonly [string, string]> {
  if (!wanted) return
  const list = listHeaders(head.text)
  for (let at = 0; at + 1 < list.length; at += 2) yield [(list[at] ?? '').toLowerCase(), list[at + 1] ?? '']
}

function* cookieValues(head: RequestHead): Generator<readonly [string, string]> {
  for (const [name, value] of headerValues(head, true)) {
    if (name !== 'cookie') continue
    for (const pair of value.split(';')) {
      const equals = pair.indexOf('=')
      if (equals > 0) yield [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
    }
  }
}

function jsonValue(text: string): unknown {
  const parsed = parseBoundedJson(text, jsonLimits)
  return parsed.ok ? parsed.value : undefined
}

function formValue(text: string): unknown {
  const object: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const present = Object.hasOwn(object, name) ? object[name] : undefined
    const next =
      present === undefined
        ? value
        : Array.isArray(present)
          ? [...(present as unknown[]), value]
          : [present, value]
    Object.defineProperty(object, name, { value: next, enumerable: true, writable: true, configurable: true })
  }
  return object
}
