import type { Pairs } from '../bodies/pairs.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { auditTime, finalStatus } from './audit-record.ts'

/**
 * A finished transaction in ModSecurity's native audit format: sections `--boundary-A--` to `-Z--`, as chosen by
 * SecAuditLogParts. `boundary` is eight hexadecimal digits that the host draws.
 */
export function nativeAuditLog(tx: Transaction, boundary: string): string {
  const sections = [...new Set(`A${tx.auditLogParts}Z`)].filter((part) => Object.hasOwn(writers, part))
  sections.sort((left, right) => order.indexOf(left) - order.indexOf(right))
  return sections.map((part) => `--${boundary}-${part}--\n${writers[part]?.(tx) ?? ''}\n`).join('')
}

const order = 'ABCEFHZ'

const writers: Readonly<Record<string, (tx: Transaction) => string>> = {
  A: ({ connection }) =>
    `[${auditTime(connection.startedAtMs)}] ${connection.requestId} ${connection.clientAddress} ${connection.clientPort} ${connection.serverAddress} ${connection.serverPort}\n`,
  B: (tx) => `${oneLine(tx.requestLine)}\n${headerLines(tx.requestHeaders)}`,
  C: (tx) => `${tx.requestBodyText}\n`,
  E: (tx) => `${tx.responseBodyText}\n`,
  F: (tx) => `${tx.responseProtocol} ${finalStatus(tx)}\n${headerLines(tx.responseHeaders)}`,
  H: (tx) => tx.matches.map((match) => `${messageLine(match)}\n`).join(''),
  Z: () => '',
}

function headerLines({ names, values }: Pairs): string {
  return names.map((name, row) => `${oneLine(name)}: ${oneLine(values[row] ?? '')}\n`).join('')
}

function messageLine(match: Transaction['matches'][number]): string {
  const tags = match.tags.map((tag) => ` [tag "${oneLine(tag)}"]`).join('')
  const severity = match.severity === null ? '' : ` [severity "${match.severity}"]`
  return `Message: ${match.disruptive ? 'Access denied' : 'Warning'}. Matched ${oneLine(match.variable)} [id "${match.ruleId}"] [msg "${oneLine(match.message)}"] [data "${oneLine(match.data)}"]${severity} [ver "${oneLine(match.ruleset)}"]${tags}`
}

/** Line ends and other control bytes would let a request write lines of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\0-\x1f\x7f"\\]/g, (unit) =>
    unit === '"' || unit === '\\' ? `\\${unit}` : `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
