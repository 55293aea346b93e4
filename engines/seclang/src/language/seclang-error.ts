import type { SourcePosition } from './source-position.ts'

/** Stable codes of everything that makes a rule set unusable. */
export const seclangErrorCodes = [
  'WAF_RULE_SYNTAX',
  'WAF_RULE_UNKNOWN_DIRECTIVE',
  'WAF_RULE_UNKNOWN_VARIABLE',
  'WAF_RULE_UNKNOWN_OPERATOR',
  'WAF_RULE_UNKNOWN_TRANSFORMATION',
  'WAF_RULE_UNKNOWN_ACTION',
  'WAF_RULE_ARGUMENT',
  'WAF_RULE_DUPLICATE_ID',
  'WAF_RULE_UNSUPPORTED',
  'WAF_RULE_FILE',
  'WAF_RULE_LIMIT',
] as const

/** One of {@link seclangErrorCodes}. */
export type SeclangErrorCode = (typeof seclangErrorCodes)[number]

/** One fault in a rule file: where, which token, and what was probably meant. */
export interface SeclangFault {
  readonly code: SeclangErrorCode
  readonly message: string
  readonly at: SourcePosition
  readonly token: string
  /** The nearest known name, or null. */
  readonly nearest: string | null
}

/** A rule set that is refused as a whole, with every fault that was found in it (at most {@link maxFaults}). */
export class SeclangError extends Error {
  readonly faults: readonly SeclangFault[]

  constructor(faults: readonly SeclangFault[]) {
    super(faults.map(faultText).join('\n'))
    this.name = 'SeclangError'
    this.faults = faults
  }
}

/** Reading stops after so many faults. */
export const maxFaults = 20

/** `file:line:column: message near 'token' (did you mean 'name'?)`. */
export function faultText(fault: SeclangFault): string {
  const { file, line, column } = fault.at
  const token = fault.token === '' ? '' : ` near '${printable(fault.token)}'`
  const nearest = fault.nearest === null ? '' : ` (did you mean '${fault.nearest}'?)`
  return `${file}:${line}:${column}: ${fault.message}${token}${nearest}`
}

const maxShownToken = 80

function printable(token: string): string {
  const cut = token.length > maxShownToken ? `${token.slice(0, maxShownToken)}...` : token
  return cut.replaceAll(/[^ -~]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Internal signal of a fault; caught at the directive that it stands in. */
export class FaultSignal extends Error {
  readonly code: SeclangErrorCode
  readonly offset: number
  readonly token: string
  readonly nearest: string | null

  constructor(code: SeclangErrorCode, message: string, where: FaultPlace) {
    super(message)
    this.code = code
    this.offset = where.offset
    this.token = where.token
    this.nearest = where.nearest ?? null
  }
}

/** Place of a fault: offset in the logical line, the token there, and the nearest known name. */
export interface FaultPlace {
  readonly offset: number
  readonly token: string
  readonly nearest?: string | null
}
