import { describe, expect, it } from 'vitest'

import {
  compileRuleSet,
  createSeclangInspector,
  jsonAuditLog,
  nativeAuditLog,
  noRuleFiles,
  wantsAudit,
} from '../index.ts'
import type { SeclangInspection } from '../index.ts'

function finished(settings: string): SeclangInspection {
  const text = `SecRuleEngine On\n${settings}\nSecRule ARGS "@contains evil" "id:10,phase:1,deny,msg:'Evil \\"x\\"',logdata:'%{MATCHED_VAR}',tag:'t',ver:'v/1',rev:3,maturity:4,accuracy:5"`
  const inspection = createSeclangInspector(
    compileRuleSet([{ file: 'a', text }], { files: noRuleFiles }),
  ).open({
    clientAddress: '192.0.2.7',
    clientPort: 4711,
    serverAddress: '192.0.2.1',
    serverPort: 443,
    tls: true,
    requestId: 'r1',
    startedAtMs: Date.UTC(2026, 10, 21, 14, 3, 5),
  })
  inspection.requestHead({
    kind: 'request',
    method: 'GET',
    target: '/?a=evil%0a--ab-Z--',
    version: '1.1',
    headers: ['Host', 'x', 'X-A', 'b'],
  })
  inspection.close()
  return inspection
}

describe('audit logs', () => {
  it('are wanted always, never, or for relevant transactions', () => {
    const never = (): boolean => false
    expect(wantsAudit(finished('SecAuditEngine On').transaction, never)).toBe(true)
    expect(wantsAudit(finished('SecAuditEngine Off').transaction, never)).toBe(false)
    expect(wantsAudit(finished('SecAuditEngine RelevantOnly').transaction, never)).toBe(true)
    expect(wantsAudit(finished('SecAuditEngine RelevantOnly\nSecRuleRemoveById 10').transaction, never)).toBe(
      false,
    )
  })

  it('have the fields of the JSON format', () => {
    const log: unknown = JSON.parse(jsonAuditLog(finished('SecAuditLogParts ABFHZ').transaction))
    expect(log).toMatchObject({
      transaction: {
        client_ip: '192.0.2.7',
        time_stamp: '21/Nov/2026:14:03:05 +0000',
        unique_id: 'r1',
        request: { method: 'GET', http_version: '1.1', headers: { Host: 'x', 'X-A': 'b' } },
        response: { http_code: 403 },
        messages: [
          {
            message: 'Evil "x"',
            details: {
              ruleId: '10',
              file: 'a',
              lineNumber: '3',
              ver: 'v/1',
              rev: '3',
              tags: ['t'],
              maturity: '4',
              accuracy: '5',
            },
          },
        ],
      },
    })
  })

  it('have the sections of the native format, and no line that a request could add', () => {
    const lines = nativeAuditLog(finished('SecAuditLogParts ABHZ').transaction, 'ab').split('\n')
    expect(lines.filter((line) => line.startsWith('--ab-'))).toEqual([
      '--ab-A--',
      '--ab-B--',
      '--ab-H--',
      '--ab-Z--',
    ])
    expect(lines.find((line) => line.startsWith('Message:'))).toContain('[id "10"]')
    expect(lines.find((line) => line.startsWith('Message:'))).toContain('evil\\x0a--ab-Z--')
  })
})
