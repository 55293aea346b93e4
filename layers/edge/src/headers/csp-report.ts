import { isJsonObject, parseBoundedJson } from '@sevenfold/event'

/** One thing that a policy would have stopped. */
export interface CspFinding {
  /** Directive, such as `script-src`. */
  readonly directive: string
  /** Origin, or a word such as `inline`, `eval` or `data`. */
  readonly source: string
}

/** Longest body of reports, bytes. */
export const maxReportBytes = 16_384
/** Most reports of one body. */
export const maxReports = 20

const limits = { maxTextLength: maxReportBytes, maxDepth: 6, maxNodes: 2000, maxStringLength: 8192 }
const directiveForm = /^[a-z]{3,20}(?:-[a-z]{3,10}){0,2}$/
const words = new Set([
  'inline',
  'eval',
  'wasm-eval',
  'self',
  'data',
  'blob',
  'filesystem',
  'trusted-types-policy',
  'trusted-types-sink',
])

function sourceOf(blocked: unknown): string {
  if (typeof blocked !== 'string' || blocked === '') return 'inline'
  const word = blocked.replace(/:$/, '').toLowerCase()
  if (words.has(word)) return word
  if (!URL.canParse(blocked)) return ''
  const { protocol, host } = new URL(blocked)
  if (protocol === 'data:' || protocol === 'blob:') return protocol.slice(0, -1)
  // Extensions of a browser are no part of the site.
  return /^(?:https?|wss?):$/.test(protocol) && /^[a-z0-9.:[\]-]{1,253}$/.test(host)
    ? `${protocol}//${host}`
    : ''
}

function finding(directive: unknown, blocked: unknown): CspFinding | null {
  if (typeof directive !== 'string') return null
  const name = (directive.split(' ', 1)[0] ?? '').replace(/-(?:elem|attr)$/, '')
  const source = sourceOf(blocked)
  return directiveForm.test(name) && source !== '' ? { directive: name, source } : null
}

function one(report: unknown): CspFinding | null {
  if (!isJsonObject(report)) return null
  const old = report['csp-report']
  if (isJsonObject(old))
    return finding(old['effective-directive'] ?? old['violated-directive'], old['blocked-uri'])
  const { type, body } = report
  return type === 'csp-violation' && isJsonObject(body)
    ? finding(body['effectiveDirective'], body['blockedURL'])
    : null
}

/**
 * Reads reports in both forms, `application/csp-report` and `application/reports+json`. Whoever can send requests can
 * send reports: they are hints for a person, and only origins and words of a fixed set are kept of them.
 */
export function readCspReports(text: string): readonly CspFinding[] {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok) return []
  const list = Array.isArray(parsed.value) ? parsed.value.slice(0, maxReports) : [parsed.value]
  return list.map(one).filter((found) => found !== null)
}
