import { ImportError } from '../importer.ts'
import type { Imported } from '../importer.ts'
import { endpoint, integerAt, jsonLine, objectAt, textAt, textsAt, urlFields } from '../json-line.ts'
import { isoTime } from '../times.ts'

/** What a verb does, in ECS. */
const types: Readonly<Record<string, string>> = {
  create: 'creation',
  update: 'change',
  patch: 'change',
  delete: 'deletion',
  deletecollection: 'deletion',
}

/**
 * Audit events of a Kubernetes API server.
 * Source: audit.k8s.io/v1 `Event`.
 */
export function readKubernetesAudit(line: string): Imported {
  const audit = jsonLine(line)
  const verb = textAt(audit, 'verb')
  if (verb === undefined || textAt(audit, 'auditID') === undefined)
    throw new ImportError('no audit event of Kubernetes')
  const [user, object, status] = [
    objectAt(audit, 'user'),
    objectAt(audit, 'objectRef'),
    objectAt(audit, 'responseStatus'),
  ]
  const decision = textAt(objectAt(audit, 'annotations'), 'authorization.k8s.io/decision')
  const code = integerAt(status, 'code')
  const failed = decision === 'forbid' || (code !== undefined && code >= 400)
  const subresource = textAt(object, 'subresource')
  return {
    timeMs: isoTime(textAt(audit, 'requestReceivedTimestamp') ?? textAt(audit, 'stageTimestamp')),
    dataset: 'kubernetes.audit',
    event: {
      category: ['configuration', ...(decision === 'forbid' || code === 401 ? ['iam'] : [])],
      type: [decision === 'forbid' ? 'denied' : (types[verb] ?? 'access')],
      action: verb.slice(0, 128),
      outcome: code === undefined && decision === undefined ? 'unknown' : failed ? 'failure' : 'success',
      reason: textAt(objectAt(audit, 'annotations'), 'authorization.k8s.io/reason'),
    },
    fields: {
      source: endpoint(textsAt(audit, 'sourceIPs')?.[0]),
      user: { name: textAt(user, 'username'), id: textAt(user, 'uid'), roles: textsAt(user, 'groups') },
      user_agent: { original: textAt(audit, 'userAgent') },
      url: urlFields(textAt(audit, 'requestURI')),
      http: { response: { status_code: code } },
      orchestrator: {
        type: 'kubernetes',
        namespace: textAt(object, 'namespace'),
        api_version: textAt(object, 'apiVersion'),
        resource: {
          type:
            subresource === undefined
              ? textAt(object, 'resource')
              : `${textAt(object, 'resource')}/${subresource}`,
          name: textAt(object, 'name'),
        },
      },
      transaction: { id: textAt(audit, 'auditID') },
      kubernetes: { audit: { stage: textAt(audit, 'stage'), level: textAt(audit, 'level') } },
    },
  }
}
