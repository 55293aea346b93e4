import type { JsonObject } from '@sevenfold/event'
import { ImportError } from '../importer.ts'
import type { EcsFields, Imported } from '../importer.ts'
import { endpoint, integerAt, jsonLine, objectAt, textAt } from '../json-line.ts'

/** Most attributes that are kept as labels. */
export const maxOtelLabels = 64

/** Attributes that other fields carry. */
const mapped =
  /^(?:http\.(?:request\.method|response\.status_code)|url\.(?:path|query|full|scheme)|client\.(?:address|port)|server\.(?:address|port)|user_agent\.original|enduser\.id|user\.(?:id|name)|exception\.(?:type|message|stacktrace)|event\.name)$/

/**
 * Log records of OpenTelemetry, as the OTLP input gives them (`readOtlpLogs`).
 * Source: OpenTelemetry logs data model; semantic conventions, which share ECS's names.
 */
export function readOtel(line: string): Imported {
  const item = jsonLine(line)
  if (!Object.hasOwn(item, 'record')) throw new ImportError('no log record of OpenTelemetry')
  const record = objectAt(item, 'record')
  const resource = objectAt(objectAt(item, 'resource'), 'attributes')
  const attributes = objectAt(record, 'attributes')
  const severity = integerAt(record, 'severityNumber')
  const isError = (severity ?? 0) >= 17
  return {
    timeMs:
      nanoseconds(textAt(record, 'timeUnixNano')) ?? nanoseconds(textAt(record, 'observedTimeUnixNano')),
    dataset: 'otel.log',
    event: {
      category: textAt(attributes, 'http.request.method') === undefined ? [] : ['web'],
      type: [isError ? 'error' : 'info'],
      action: (textAt(record, 'eventName') ?? textAt(attributes, 'event.name') ?? 'log').slice(0, 128),
      severity: severity === undefined ? undefined : Math.min(100, severity * 4),
    },
    fields: {
      message: messageOf(record),
      trace: { id: textAt(record, 'traceId') },
      span: { id: textAt(record, 'spanId') },
      log: {
        level: textAt(record, 'severityText')?.toLowerCase(),
        logger: textAt(objectAt(item, 'scope'), 'name'),
      },
      service: {
        name: textAt(resource, 'service.name'),
        version: textAt(resource, 'service.version'),
        environment: textAt(resource, 'deployment.environment.name'),
      },
      host: { name: textAt(resource, 'host.name'), id: textAt(resource, 'host.id') },
      container: { id: textAt(resource, 'container.id') },
      ...requestFields(attributes),
      labels: labelsOf(attributes),
    },
  }
}

function nanoseconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined
  const timeMs = Number(BigInt(text) / 1_000_000n)
  return timeMs === 0 ? undefined : timeMs
}

function messageOf(record: JsonObject): string | undefined {
  const { body } = record
  return typeof body === 'string' || body === undefined || body === null
    ? (body ?? undefined)
    : JSON.stringify(body)
}

function requestFields(attributes: JsonObject): EcsFields {
  return {
    source: endpoint(textAt(attributes, 'client.address'), integerAt(attributes, 'client.port')),
    destination: endpoint(textAt(attributes, 'server.address'), integerAt(attributes, 'server.port')),
    url: {
      path: textAt(attributes, 'url.path'),
      query: textAt(attributes, 'url.query'),
      full: textAt(attributes, 'url.full'),
      scheme: textAt(attributes, 'url.scheme'),
    },
    http: {
      request: { method: textAt(attributes, 'http.request.method') },
      response: { status_code: integerAt(attributes, 'http.response.status_code') },
    },
    user_agent: { original: textAt(attributes, 'user_agent.original') },
    user: {
      id: textAt(attributes, 'user.id') ?? textAt(attributes, 'enduser.id'),
      name: textAt(attributes, 'user.name'),
    },
    error: {
      type: textAt(attributes, 'exception.type'),
      message: textAt(attributes, 'exception.message'),
      stack_trace: textAt(attributes, 'exception.stacktrace'),
    },
  }
}

/** What has no name in ECS; dots in names become underscores, as labels are flat. */
function labelsOf(attributes: JsonObject): EcsFields {
  const labels: Record<string, string | undefined> = {}
  for (const name of Object.keys(attributes)) {
    if (mapped.test(name)) continue
    const value = textAt(attributes, name)
    if (value !== undefined) labels[name.replaceAll('.', '_').slice(0, 128)] = value
    if (Object.keys(labels).length >= maxOtelLabels) break
  }
  return labels
}
