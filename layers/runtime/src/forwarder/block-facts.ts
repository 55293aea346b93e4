import type { BlockFacts, EventDraft, Json, JsonObject } from '@sevenfold/event'
import { isJsonObject } from '@sevenfold/event'

const longest = 2_048

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}

function textAt(object: JsonObject, key: string, max = longest): string {
  const value = object[key]
  return typeof value === 'string' ? value.slice(0, max) : ''
}

function optional<K extends string>(key: K, text: string): Partial<Record<K, string>> {
  return text === '' ? {} : ({ [key]: text } as Partial<Record<K, string>>)
}

function listOfTexts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').slice(0, 16) : []
}

/**
 * Facts of a block as a sensor tells them. Only known fields are taken, each with its limit: a sensor is inside the
 * application, and whoever runs code there can say anything under this sensor's name, but nothing under another's.
 */
export function blockFactsOf(draft: EventDraft, service: string): BlockFacts | undefined {
  const event = draft as unknown as JsonObject
  const own = objectAt(event, 'sevenfold')
  const judgement = objectAt(own, 'judgement')
  if (textAt(own, 'kind') !== 'block' || judgement['step'] !== 'runtime') return undefined
  const isBlock = judgement['verdict'] === 'block'
  const source = objectAt(event, 'source')
  const url = objectAt(event, 'url')
  const http = objectAt(event, 'http')
  const request = objectAt(http, 'request')
  const rule = objectAt(event, 'rule')
  const [step] = Array.isArray(own['trace']) ? own['trace'] : []
  const techniques = listOfTexts(objectAt(objectAt(event, 'threat'), 'technique')['id'])
  return {
    requestId: textAt(request, 'id', 64),
    site: service,
    clientAddress: textAt(source, 'ip', 64),
    method: textAt(request, 'method', 32),
    path: textAt(url, 'path'),
    ...optional('query', textAt(url, 'query')),
    ...optional('host', textAt(url, 'domain', 256)),
    httpVersion: textAt(http, 'version', 8),
    ...optional('userAgent', textAt(objectAt(event, 'user_agent'), 'original', 512)),
    ...optional('traceId', textAt(objectAt(event, 'trace'), 'id', 64)),
    status: isBlock ? 403 : 0,
    judgement: {
      step: 'runtime',
      verdict: isBlock ? 'block' : 'would-block',
      rules: listOfTexts(judgement['rules']),
      matched: textAt(judgement, 'matched', 200),
    },
    rule: { ...optional('id', textAt(rule, 'id', 128)), ...optional('name', textAt(rule, 'name', 256)) },
    threat: { framework: 'MITRE ATT&CK', technique: { id: techniques } },
    ...(isJsonObject(step)
      ? {
          trace: [
            {
              step: textAt(step, 'step', 128),
              verdict: textAt(step, 'verdict', 32),
              detail: textAt(step, 'detail', 256),
            },
          ],
        }
      : {}),
  }
}
