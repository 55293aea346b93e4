import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { readProtobuf } from './protobuf-reader.ts'

/** Most log records of one request, and deepest value of a body or an attribute. */
export const maxOtlpRecords = 100_000
export const maxOtlpDepth = 16

const jsonLimits = { maxDepth: 40, maxNodes: 2_000_000, maxStringLength: 1_048_576 }

/**
 * The log records of an `ExportLogsServiceRequest`, each with the resource and the scope that it came under, in the names
 * of the JSON form: `{resource: {attributes}, scope: {name, version}, record: {timeUnixNano, severityNumber, …}}`, where
 * attributes and bodies are plain JSON values. Undefined for a body that is none.
 * Source: OTLP 1.x, opentelemetry/proto/collector/logs/v1 and opentelemetry/proto/logs/v1.
 */
export function readOtlpLogs(body: Buffer, form: 'json' | 'protobuf'): readonly JsonObject[] | undefined {
  try {
    const records = form === 'json' ? fromJson(body) : fromProtobuf(body)
    return records.length > maxOtlpRecords ? undefined : records
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
const objects = (value: Json | undefined): readonly JsonObject[] => listOf(value).filter(isJsonObject)
const objectOf = (value: Json | undefined): JsonObject =>
  value !== undefined && isJsonObject(value) ? value : {}

function fromJson(body: Buffer): JsonObject[] {
  const text = body.toString('utf8')
  const parsed = parseBoundedJson(text, { ...jsonLimits, maxTextLength: text.length })
  if (!parsed.ok || !isJsonObject(parsed.value) || !Array.isArray(parsed.value['resourceLogs']))
    throw new SyntaxError('no resourceLogs')
  return objects(parsed.value['resourceLogs']).flatMap((group) => {
    const resource = { attributes: attributesOf(objectOf(group['resource'])['attributes']) }
    return objects(group['scopeLogs']).flatMap((scoped) => {
      const { name = '', version = '' } = objectOf(scoped['scope'])
      return objects(scoped['logRecords']).map((record) => ({
        resource,
        scope: { name, version },
        record: {
          ...record,
          body: plainValue(record['body'], 0),
          attributes: attributesOf(record['attributes']),
        },
      }))
    })
  })
}

function attributesOf(value: Json | undefined, depth = 0): JsonObject {
  const attributes: Record<string, Json> = Object.create(null) as Record<string, Json>
  for (const { key, value: held } of objects(value))
    if (typeof key === 'string') attributes[key] = plainValue(held, depth)
  return attributes
}

/** An `AnyValue` of the JSON form as the value that it holds. */
function plainValue(value: Json | undefined, depth: number): Json {
  if (depth > maxOtlpDepth) throw new SyntaxError('a value is nested too deeply')
  if (value === undefined || !isJsonObject(value)) return null
  const [[kind, held] = []] = Object.entries(value)
  switch (kind) {
    case 'arrayValue':
      return listOf(objectOf(held)['values']).map((item) => plainValue(item, depth + 1))
    case 'kvlistValue':
      return attributesOf(objectOf(held)['values'], depth + 1)
    case 'intValue':
      return typeof held === 'string' && /^-?\d{1,19}$/.test(held)
        ? numberOrText(BigInt(held))
        : (held ?? null)
    default:
      return held ?? null
  }
}

/** Numbers beyond what JSON's readers keep exactly stay text. */
function numberOrText(value: bigint): Json {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

function fromProtobuf(body: Buffer): JsonObject[] {
  const records: JsonObject[] = []
  for (const { number, wire, value } of readProtobuf(body))
    if (number === 1 && wire === 'bytes') readResourceLogs(value, records)
  return records
}

function readResourceLogs(bytes: Buffer, records: JsonObject[]): void {
  let attributes: JsonObject = {}
  const scoped: Buffer[] = []
  for (const { number, wire, value } of readProtobuf(bytes)) {
    if (wire !== 'bytes') continue
    if (number === 1) attributes = readPairs(value, 1, 0)
    else if (number === 2) scoped.push(value)
  }
  for (const group of scoped) readScopeLogs(group, { attributes }, records)
}

function readScopeLogs(bytes: Buffer, resource: JsonObject, records: JsonObject[]): void {
  const scope: Record<string, Json> = { name: '', version: '' }
  const found: Buffer[] = []
  for (const { number, wire, value } of readProtobuf(bytes)) {
    if (wire !== 'bytes') continue
    if (number === 2) found.push(value)
    if (number !== 1) continue
    for (const field of readProtobuf(value)) {
      if (field.wire !== 'bytes') continue
      if (field.number === 1) scope['name'] = field.value.toString('utf8')
      else if (field.number === 2) scope['version'] = field.value.toString('utf8')
    }
  }
  for (const record of found) {
    records.push({ resource, scope, record: readRecord(record) })
    if (records.length > maxOtlpRecords) throw new SyntaxError('too many records')
  }
}

function readRecord(bytes: Buffer): JsonObject {
  const record: Record<string, Json> = { body: null, attributes: readPairs(bytes, 6, 0) }
  for (const { number, wire, value } of readProtobuf(bytes)) {
    if (wire === 'fixed64' && number === 1) record['timeUnixNano'] = String(value.readBigUInt64LE())
    else if (wire === 'fixed64' && number === 11)
      record['observedTimeUnixNano'] = String(value.readBigUInt64LE())
    else if (wire === 'varint' && number === 2) record['severityNumber'] = Number(value)
    else if (wire !== 'bytes') continue
    else if (number === 3) record['severityText'] = value.toString('utf8')
    else if (number === 5) record['body'] = readAnyValue(value, 0)
    else if (number === 9) record['traceId'] = value.toString('hex')
    else if (number === 10) record['spanId'] = value.toString('hex')
    else if (number === 12) record['eventName'] = value.toString('utf8')
  }
  return record
}

/** The `KeyValue` messages in the fields of one number. */
function readPairs(bytes: Buffer, among: number, depth: number): JsonObject {
  const pairs: Record<string, Json> = Object.create(null) as Record<string, Json>
  for (const { number, wire, value } of readProtobuf(bytes)) {
    if (number !== among || wire !== 'bytes') continue
    let [key, held]: [string, Json] = ['', null]
    for (const field of readProtobuf(value)) {
      if (field.wire !== 'bytes') continue
      if (field.number === 1) key = field.value.toString('utf8')
      else if (field.number === 2) held = readAnyValue(field.value, depth)
    }
    pairs[key] = held
  }
  return pairs
}

function readAnyValue(bytes: Buffer, depth: number): Json {
  if (depth > maxOtlpDepth) throw new SyntaxError('a value is nested too deeply')
  let held: Json = null
  for (const { number, wire, value } of readProtobuf(bytes)) {
    if (wire === 'varint') held = number === 2 ? value !== 0n : numberOrText(BigInt.asIntN(64, value))
    else if (wire === 'fixed64') held = value.readDoubleLE()
    else if (wire !== 'bytes') continue
    else if (number === 1) held = value.toString('utf8')
    else if (number === 5)
      held = [...readProtobuf(value)].flatMap((item) =>
        item.wire === 'bytes' ? [readAnyValue(item.value, depth + 1)] : [],
      )
    else if (number === 6) held = readPairs(value, 1, depth + 1)
    else if (number === 7) held = value.toString('base64')
  }
  return held
}
