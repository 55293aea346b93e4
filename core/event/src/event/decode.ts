import { eventJsonLimits, isJsonObject, parseBoundedJson, refuse } from '../json/bounded.ts'
import type { Decoded, Json, JsonObject } from '../json/bounded.ts'
import { isPartName } from '../layer-name.ts'
import { eventKinds, eventVersion } from './event.ts'
import type { SevenfoldEvent } from './event.ts'
import { maxLineBytes } from './line.ts'

type FieldType = 'string' | 'integer' | 'number' | 'strings' | 'object' | 'time' | 'boolean'

/** Types of the fields that anything of ours reads; other ECS fields pass through within the JSON limits. */
const fieldTypes: ReadonlyArray<readonly [path: string, type: FieldType, required: boolean]> = [
  ['@timestamp', 'time', true],
  ['ecs.version', 'string', true],
  ['event.id', 'string', true],
  ['event.kind', 'string', true],
  ['event.category', 'strings', true],
  ['event.type', 'strings', true],
  ['event.action', 'string', true],
  ['event.dataset', 'string', true],
  ['event.module', 'string', true],
  ['event.sequence', 'integer', true],
  ['event.outcome', 'string', false],
  ['event.reason', 'string', false],
  ['event.severity', 'number', false],
  ['event.duration', 'number', false],
  ['agent.id', 'string', true],
  ['agent.ephemeral_id', 'string', true],
  ['sevenfold.v', 'integer', true],
  ['sevenfold.kind', 'string', true],
  ['sevenfold.layer', 'string', true],
  ['sevenfold.lane', 'string', true],
  ['sevenfold.site', 'string', false],
  ['sevenfold.truncated', 'strings', false],
  ['sevenfold.judgement.step', 'string', false],
  ['sevenfold.judgement.verdict', 'string', false],
  ['sevenfold.judgement.rules', 'strings', false],
  ['sevenfold.judgement.targets', 'strings', false],
  ['sevenfold.repeat.count', 'integer', false],
  ['sevenfold.loss.count', 'integer', false],
  ['sevenfold.first_sight', 'boolean', false],
  ['message', 'string', false],
  ['host.name', 'string', false],
  ['service.name', 'string', false],
  ['source.ip', 'string', false],
  ['source.address', 'string', false],
  ['source.port', 'integer', false],
  ['source.bytes', 'number', false],
  ['destination.ip', 'string', false],
  ['destination.port', 'integer', false],
  ['url.path', 'string', false],
  ['url.query', 'string', false],
  ['url.original', 'string', false],
  ['url.domain', 'string', false],
  ['http.version', 'string', false],
  ['http.request.id', 'string', false],
  ['http.request.method', 'string', false],
  ['http.request.referrer', 'string', false],
  ['http.response.status_code', 'integer', false],
  ['http.response.body.bytes', 'number', false],
  ['user.name', 'string', false],
  ['user.id', 'string', false],
  ['user_agent.original', 'string', false],
  ['session.id', 'string', false],
  ['trace.id', 'string', false],
  ['rule.id', 'string', false],
  ['rule.name', 'string', false],
  ['threat.technique.id', 'strings', false],
  ['threat.tactic.id', 'strings', false],
  ['error.message', 'string', false],
  ['labels', 'object', false],
  ['tags', 'strings', false],
]

/** Longest identity part, in characters. */
export const maxIdentityLength = 128

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/
const identityPaths = new Set(['agent.id', 'agent.ephemeral_id', 'event.id', 'event.dataset', 'event.action'])

// A symbol, because any string could also be a field's value.
const notAnObject: unique symbol = Symbol('not-an-object')

function valueAt(root: JsonObject, path: string): Json | undefined | typeof notAnObject {
  let current: Json | undefined = root
  for (const key of path.split('.')) {
    if (current === undefined) return undefined
    if (!isJsonObject(current)) return notAnObject
    current = Object.hasOwn(current, key) ? current[key] : undefined
  }
  return current
}

function isStrings(value: Json): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function hasType(value: Json, type: FieldType): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return Number.isSafeInteger(value) && Number(value) >= 0
    case 'number':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'strings':
      return isStrings(value)
    case 'object':
      return isJsonObject(value)
    case 'time':
      return typeof value === 'string' && isoTime.test(value) && !Number.isNaN(Date.parse(value))
  }
}

function checkFields(root: JsonObject): Decoded<never> | null {
  for (const [path, type, required] of fieldTypes) {
    const value = valueAt(root, path)
    if (value === undefined) {
      if (required) return refuse('EVENT_FIELD_MISSING', path, `${path} is missing`)
      continue
    }
    if (value === notAnObject)
      return refuse('EVENT_FIELD_TYPE', path, `the parent of ${path} must be an object`)
    if (!hasType(value, type)) return refuse('EVENT_FIELD_TYPE', path, `${path} must be of type ${type}`)
    if (
      identityPaths.has(path) &&
      typeof value === 'string' &&
      (value === '' || value.length > maxIdentityLength)
    ) {
      return refuse('EVENT_FIELD_TYPE', path, `${path} must have 1 to ${maxIdentityLength} characters`)
    }
  }
  return null
}

function checkVocabulary(root: JsonObject): Decoded<never> | null {
  const version = valueAt(root, 'sevenfold.v')
  // N and N−1 understand each other; there is no version 0.
  if (version !== eventVersion) return refuse('EVENT_VERSION', 'sevenfold.v', 'the version is not understood')
  const lane = valueAt(root, 'sevenfold.lane')
  if (lane !== 'high' && lane !== 'low')
    return refuse('EVENT_FIELD_TYPE', 'sevenfold.lane', 'must be high or low')
  const kind = valueAt(root, 'sevenfold.kind')
  if (!(eventKinds as readonly unknown[]).includes(kind)) {
    return refuse('EVENT_FIELD_TYPE', 'sevenfold.kind', `must be one of ${eventKinds.join(', ')}`)
  }
  if (!isPartName(valueAt(root, 'sevenfold.layer'))) {
    return refuse('EVENT_FIELD_TYPE', 'sevenfold.layer', 'must name a layer or a backbone part')
  }
  if (Number(valueAt(root, 'event.sequence')) < 1)
    return refuse('EVENT_FIELD_TYPE', 'event.sequence', 'starts at 1')
  for (const key of Object.keys(root)) {
    if (key.includes('.'))
      return refuse('EVENT_JSON_BAD_KEY', key.slice(0, 64), 'fields are nested, never dotted')
  }
  return null
}

/**
 * Decodes one untrusted event line. Never throws. Wrong types of known fields, missing identity, dotted or
 * dangerous keys, and anything over the limits are refused with a code and a path.
 */
export function decodeEvent(line: string): Decoded<SevenfoldEvent> {
  if (line.length > maxLineBytes || Buffer.byteLength(line) > maxLineBytes) {
    return refuse('EVENT_JSON_TOO_LONG', '', `longer than ${maxLineBytes} bytes`)
  }
  const parsed = parseBoundedJson(line, eventJsonLimits)
  if (!parsed.ok) return parsed
  if (!isJsonObject(parsed.value)) return refuse('EVENT_FIELD_TYPE', '', 'an event is an object')
  const bad = checkFields(parsed.value) ?? checkVocabulary(parsed.value)
  if (bad !== null) return bad
  return { ok: true, value: parsed.value as unknown as SevenfoldEvent } // checked field by field above
}
