import type { JsonObject } from '@sevenfold/event'
import { ImportError } from '../importer.ts'
import type { EcsFields, Imported } from '../importer.ts'
import { endpoint, integerAt, jsonLine, objectAt, textAt, textsAt, urlFields } from '../json-line.ts'
import { isoTime } from '../times.ts'

/** Wazuh's highest level. */
const maxLevel = 15

const outcomes: readonly (readonly [RegExp, 'success' | 'failure'])[] = [
  [/authentication_success/, 'success'],
  [/authentication_fail/, 'failure'],
  [/invalid_login/, 'failure'],
]

/**
 * Alerts of a Wazuh manager (`alerts.json`).
 * Source: Wazuh documentation, "Alert management" and "Rules classification".
 */
export function readWazuh(line: string): Imported {
  const alert = jsonLine(line)
  const rule = objectAt(alert, 'rule')
  if (textAt(rule, 'id') === undefined) throw new ImportError('an alert of Wazuh has rule.id')
  const groups = textsAt(rule, 'groups') ?? []
  const mitre = objectAt(rule, 'mitre')
  const outcome = outcomes.find(([pattern]) => groups.some((group) => pattern.test(group)))?.[1]
  const syscheck = objectAt(alert, 'syscheck')
  return {
    timeMs: isoTime(textAt(alert, 'timestamp')),
    dataset: 'wazuh.alert',
    event: {
      kind: 'alert',
      category: [
        'intrusion_detection',
        ...(outcome === undefined ? [] : ['authentication']),
        ...(textAt(syscheck, 'path') === undefined ? [] : ['file']),
      ],
      type: ['info'],
      action: (textAt(syscheck, 'event') ?? groups.at(-1) ?? 'alert').slice(0, 128),
      outcome,
      severity: Math.min(100, Math.round(((integerAt(rule, 'level') ?? 0) * 100) / maxLevel)),
    },
    fields: {
      message: textAt(rule, 'description'),
      rule: {
        id: textAt(rule, 'id'),
        name: textAt(rule, 'description'),
        category: groups.join(',').slice(0, 256),
      },
      threat: {
        tactic: { name: textsAt(mitre, 'tactic') },
        technique: { id: textsAt(mitre, 'id'), name: textsAt(mitre, 'technique') },
      },
      tags: groups,
      ...placeFields(alert),
      file: {
        path: textAt(syscheck, 'path'),
        hash: { sha256: textAt(syscheck, 'sha256_after'), md5: textAt(syscheck, 'md5_after') },
      },
      ...dataFields(objectAt(alert, 'data')),
    },
  }
}

function placeFields(alert: JsonObject): EcsFields {
  const agent = objectAt(alert, 'agent')
  return {
    host: { name: textAt(agent, 'name'), id: textAt(agent, 'id'), ip: textsAt(agent, 'ip') },
    observer: { name: textAt(objectAt(alert, 'manager'), 'name') },
    log: { file: { path: textAt(alert, 'location') } },
    event: { provider: textAt(objectAt(alert, 'decoder'), 'name') },
  }
}

function dataFields(data: JsonObject): EcsFields {
  return {
    source: endpoint(textAt(data, 'srcip'), integerAt(data, 'srcport')),
    destination: endpoint(textAt(data, 'dstip'), integerAt(data, 'dstport')),
    user: { name: textAt(data, 'dstuser') ?? textAt(data, 'srcuser') },
    url: urlFields(textAt(data, 'url')),
    http: { response: { status_code: statusOf(data) } },
    process: { command_line: textAt(data, 'command') },
  }
}

/** In alerts of web logs `id` is the status. */
function statusOf(data: JsonObject): number | undefined {
  const status = integerAt(data, 'id')
  return textAt(data, 'url') !== undefined && status !== undefined && status < 600 ? status : undefined
}
