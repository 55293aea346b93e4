import type { RuleMatch } from '@sevenfold/event'

import type { Pairs } from '../bodies/pairs.ts'
import type { CompiledRule } from '../compile/compiled-rule-set.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { auditTime, finalStatus } from './audit-record.ts'

/** One line of ModSecurity's JSON audit log for a finished transaction; parts as in SecAuditLogParts. */
export function jsonAuditLog(tx: Transaction): string {
  const { connection, auditLogParts: parts, ruleSet } = tx
  return JSON.stringify({
    transaction: {
      client_ip: connection.clientAddress,
      time_stamp: auditTime(connection.startedAtMs),
      server_id: ruleSet.settings.sensorId,
      client_port: connection.clientPort,
      host_ip: connection.serverAddress,
      host_port: connection.serverPort,
      unique_id: connection.requestId,
      request: {
        method: tx.method,
        http_version: tx.requestProtocol.replace(/^HTTP\//, ''),
        uri: tx.targetRaw,
        ...(parts.includes('C') ? { body: tx.requestBodyText } : {}),
        ...(parts.includes('B') ? { headers: record(tx.requestHeaders) } : {}),
      },
      response: {
        http_code: finalStatus(tx),
        ...(parts.includes('E') ? { body: tx.responseBodyText } : {}),
        ...(parts.includes('F') ? { headers: record(tx.responseHeaders) } : {}),
      },
      ...(parts.includes('H')
        ? {
            producer: {
              modsecurity: 'Sevenfold',
              secrules_engine: engineNames[tx.engine],
              components: ruleSet.settings.componentSignatures,
            },
            messages: tx.matches.map((match) => message(match, ruleSet.rules)),
          }
        : {}),
    },
  })
}

const engineNames = { on: 'Enabled', off: 'Disabled', 'detection-only': 'DetectionOnly' } as const

// Headers can repeat; the format has room for one of each name, the last.
function record(pairs: Pairs): Record<string, string> {
  return Object.fromEntries(pairs.names.map((name, row) => [name, pairs.values[row] ?? '']))
}

function message(match: RuleMatch, rules: readonly CompiledRule[]): object {
  const rule = rules.find(({ id }) => String(id) === match.ruleId)
  return {
    message: match.message,
    details: {
      match: `Matched variable ${match.variable}`,
      reference: '',
      ruleId: match.ruleId,
      file: rule?.at.file ?? '',
      lineNumber: String(rule?.at.line ?? ''),
      data: match.data,
      severity: match.severity === null ? '' : String(match.severity),
      ver: rule?.ver ?? '',
      rev: rule?.rev ?? '',
      tags: match.tags,
      maturity: rule?.maturity ?? '',
      accuracy: rule?.accuracy ?? '',
    },
  }
}
