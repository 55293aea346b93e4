import type { MatchReport } from '@sevenfold/event'
import type { Stop } from './request-inspection.ts'
import type { BlockRecord } from './request-record.ts'
import { mainMatch } from './waf-verdict.ts'

/** Rule and message that a stop is known by. */
export function stopFacts(stop: Stop, report: MatchReport | null): Pick<BlockRecord, 'rule' | 'message'> {
  if (stop.kind === 'fault') return { rule: `inspection-failed-${stop.reason}`, message: stop.detail }
  if (stop.kind === 'exhausted') {
    return { rule: 'inspection-failed-steps', message: 'the budget of the transaction is used up' }
  }
  const match = mainMatch(report)
  return match === null ? { rule: 'unknown', message: '' } : { rule: match.ruleId, message: match.message }
}

/**
 * A client that says where it comes from is nobody's proxy: what it said was removed, and that is worth knowing.
 * @param claims the lines that were removed.
 */
export function spoofedAddress(claims: string): BlockRecord {
  const names = claims.split('\r\n').map((line) => line.slice(0, line.indexOf(':')))
  const message = `headers about the client or the target were removed: ${names.filter(Boolean).join(', ')}`
  return { step: 'limits', verdict: 'pass', rule: 'EDGE_SPOOFED_ADDRESS', message }
}
