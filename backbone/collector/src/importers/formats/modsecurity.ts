import type { JsonObject } from '@sevenfold/event'
import { ImportError } from '../importer.ts'
import type { EcsFields, Imported } from '../importer.ts'
import {
  endpoint,
  integer,
  integerAt,
  jsonLine,
  objectAt,
  objectsAt,
  textAt,
  textsAt,
  urlFields,
} from '../json-line.ts'
import { commonLogTime, ctimeTime } from '../times.ts'

/** Severities of ModSecurity (those of syslog, 0 is worst) on ECS's scale of 0 to 100. */
const severities: readonly number[] = [100, 95, 90, 75, 60, 40, 20, 10]

/** A rule that matched. */
interface Match {
  readonly id: string | undefined
  readonly message: string | undefined
  readonly severity: number | undefined
  readonly tags: readonly string[]
}

/**
 * Audit logs of ModSecurity in JSON, of version 3 (one object `transaction`) and version 2 (objects `request`, `audit_data` …).
 * Source: ModSecurity reference manual, "SecAuditLogFormat"; shapes as both versions write them.
 */
export function readModSecurity(line: string): Imported {
  const audit = jsonLine(line)
  const transaction = objectAt(audit, 'transaction')
  if (Object.hasOwn(transaction, 'client_ip')) return fromVersion3(transaction)
  if (Object.hasOwn(audit, 'audit_data') || Object.hasOwn(transaction, 'remote_address'))
    return fromVersion2(audit)
  throw new ImportError('no audit log of ModSecurity')
}

function imported(
  matches: readonly Match[],
  facts: {
    readonly status: number | undefined
    readonly blocked: boolean
    readonly timeMs: number | undefined
  },
  fields: EcsFields,
): Imported {
  const ids = matches.flatMap(({ id }) => id ?? [])
  const worst = Math.min(...matches.map(({ severity }) => severity ?? 7))
  // The rule that adds up scores is the worst of all and says the least.
  const telling = matches.filter(({ tags }) => !tags.includes('anomaly-evaluation'))
  const named = telling.toSorted((a, b) => (a.severity ?? 7) - (b.severity ?? 7))[0] ?? matches[0]
  return {
    timeMs: facts.timeMs,
    dataset: 'modsecurity.audit',
    event: {
      kind: matches.length === 0 ? 'event' : 'alert',
      category: matches.length === 0 ? ['web'] : ['web', 'intrusion_detection'],
      type: [facts.blocked ? 'denied' : 'info'],
      action: facts.blocked ? 'block' : matches.length === 0 ? 'access' : 'would-block',
      outcome: facts.blocked ? 'failure' : 'unknown',
      severity: matches.length === 0 ? undefined : (severities[worst] ?? 40),
    },
    fields: {
      ...fields,
      message: named?.message,
      rule: { id: named?.id, name: named?.message },
      tags: [...new Set(matches.flatMap(({ tags }) => tags))].slice(0, 32),
      modsecurity: { rules: ids },
    },
  }
}

/** The first value of a header, whatever the case of its name. */
function header(headers: JsonObject, name: string): string | undefined {
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name)
  return key === undefined ? undefined : (textAt(headers, key) ?? textsAt(headers, key)?.[0])
}

function fromVersion3(transaction: JsonObject): Imported {
  const [request, response] = [objectAt(transaction, 'request'), objectAt(transaction, 'response')]
  const headers = objectAt(request, 'headers')
  const status = integerAt(response, 'http_code')
  const matches = objectsAt(transaction, 'messages').map((message): Match => {
    const details = objectAt(message, 'details')
    return {
      id: textAt(details, 'ruleId'),
      message: textAt(message, 'message'),
      severity: integerAt(details, 'severity'),
      tags: textsAt(details, 'tags') ?? [],
    }
  })
  const facts = {
    status,
    // Version 3 does not write whether it intervened: refusing answers with matches are taken for it.
    blocked: matches.length > 0 && status !== undefined && status >= 400,
    timeMs: ctimeTime(textAt(transaction, 'time_stamp')),
  }
  return imported(matches, facts, {
    source: endpoint(textAt(transaction, 'client_ip'), integerAt(transaction, 'client_port')),
    destination: endpoint(textAt(transaction, 'host_ip'), integerAt(transaction, 'host_port')),
    url: urlFields(textAt(request, 'uri'), header(headers, 'host')),
    http: {
      version: textAt(request, 'http_version'),
      request: {
        id: textAt(transaction, 'unique_id'),
        method: textAt(request, 'method'),
        referrer: header(headers, 'referer'),
      },
      response: { status_code: status },
    },
    user_agent: { original: header(headers, 'user-agent') },
  })
}

function fromVersion2(audit: JsonObject): Imported {
  const [transaction, request] = [objectAt(audit, 'transaction'), objectAt(audit, 'request')]
  const data = objectAt(audit, 'audit_data')
  const headers = objectAt(request, 'headers')
  const [method, target, protocol] = (textAt(request, 'request_line') ?? '').split(' ', 3)
  const status = integerAt(objectAt(audit, 'response'), 'status')
  const facts = {
    status,
    blocked: textAt(objectAt(data, 'action'), 'intercepted') === 'true',
    timeMs: commonLogTime((textAt(transaction, 'time') ?? '').replace(/(:\d\d)\.\d+/, '$1')),
  }
  return imported((textsAt(data, 'messages') ?? []).map(readMessage), facts, {
    source: endpoint(textAt(transaction, 'remote_address'), integerAt(transaction, 'remote_port')),
    destination: endpoint(textAt(transaction, 'local_address'), integerAt(transaction, 'local_port')),
    url: urlFields(target === '' ? undefined : target, header(headers, 'host')),
    http: {
      version: protocol?.replace(/^HTTP\//, ''),
      request: {
        id: textAt(transaction, 'transaction_id'),
        method: method === '' ? undefined : method,
        referrer: header(headers, 'referer'),
      },
      response: { status_code: status },
    },
    user_agent: { original: header(headers, 'user-agent') },
  })
}

const severityNames = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG']

/** A message of version 2: prose with `[name "value"]` behind it. */
function readMessage(text: string): Match {
  const marks = [...text.slice(0, 16_384).matchAll(/\[(id|msg|severity|tag) "((?:[^"\\]|\\.){0,512})"\]/g)]
  const first = (name: string): string | undefined => marks.find(([, key]) => key === name)?.[2]
  const severity = first('severity')
  const named = severityNames.indexOf(severity ?? '')
  return {
    id: first('id'),
    message: first('msg') ?? text.slice(0, 200),
    severity: named < 0 ? integer(severity) : named,
    tags: marks.flatMap(([, key, value = '']) => (key === 'tag' ? [value] : [])),
  }
}
