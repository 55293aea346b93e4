import type { Transaction } from '../transaction/transaction.ts'

/** Whether a finished transaction belongs in the audit log; `isRelevantStatus` tests SecAuditLogRelevantStatus. */
export function wantsAudit(tx: Transaction, isRelevantStatus: (status: string) => boolean): boolean {
  if (tx.auditEngine === 'off') return false
  if (tx.auditEngine === 'on') return true
  return tx.isRelevant || (tx.responseStatus > 0 && isRelevantStatus(String(tx.responseStatus)))
}

/** Status that the client got. */
export function finalStatus(tx: Transaction): number {
  const { interruption } = tx
  if (tx.engine === 'on' && interruption !== null && 'status' in interruption) return interruption.status
  return tx.responseStatus
}

/** `21/Nov/2026:14:00:00 +0000`, as both formats write times. */
export function auditTime(startedAtMs: number): string {
  const date = new Date(startedAtMs)
  const month = months[date.getUTCMonth()] ?? ''
  const [clock = ''] = date.toISOString().slice(11).split('.')
  return `${String(date.getUTCDate()).padStart(2, '0')}/${month}/${date.getUTCFullYear()}:${clock} +0000`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
