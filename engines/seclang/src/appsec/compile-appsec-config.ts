import { AppsecError } from './appsec-error.ts'
import { compileAppsecRule } from './compile-appsec-rule.ts'
import type { AppsecAction } from './compile-appsec-rule.ts'

/** A hub `appsec-configs` document put together with its rules. */
export interface CompiledAppsecConfig {
  readonly name: string
  /** Rules that refuse requests. */
  readonly inband: string
  /** Rules that only report. */
  readonly outofband: string
  /** What bouncers are told: `ban`, `captcha` … */
  readonly remediation: string
  /** SecLang files that the rules name. */
  readonly files: readonly string[]
  /** Parts of the document that have no meaning here, such as hooks with helper functions. */
  readonly ignored: readonly string[]
}

const knownKeys = new Set([
  'name',
  'description',
  'default_remediation',
  'inband_rules',
  'outofband_rules',
  'log_level',
  'labels',
])

function patternTest(pattern: string): (name: string) => boolean {
  const parts = pattern.trim().split('*')
  return (name) => {
    let from = 0
    for (const [index, part] of parts.entries()) {
      const at = index === 0 ? (name.startsWith(part) ? 0 : -1) : name.indexOf(part, from)
      if (at < 0) return false
      from = at + part.length
    }
    return pattern.trim().endsWith('*') || from === name.length || name.endsWith(parts.at(-1) ?? '')
  }
}

function patterns(document: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = document[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new AppsecError('APPSEC_DOCUMENT', [key], 'must be a list of rule names')
  }
  return value
}

interface Selected {
  readonly seclang: string
  readonly files: readonly string[]
}

function select(
  names: readonly string[],
  rules: ReadonlyMap<string, unknown>,
  action: AppsecAction,
): Selected {
  const compiled = new Map<string, ReturnType<typeof compileAppsecRule>>()
  for (const pattern of names) {
    const test = patternTest(pattern)
    for (const [name, rule] of rules) if (test(name)) compiled.set(name, compileAppsecRule(rule, action))
    if (!pattern.includes('*') && !compiled.has(pattern.trim())) {
      throw new AppsecError('APPSEC_DOCUMENT', [pattern], `no rule is called ${pattern.trim()}`)
    }
  }
  const all = [...compiled.values()]
  return { seclang: all.map((rule) => rule.seclang).join(''), files: all.flatMap((rule) => rule.files) }
}

/**
 * Puts a configuration of the CrowdSec hub together: which rules refuse and which only report.
 * @param rules parsed `appsec-rules` documents by name.
 * @throws AppsecError for an unknown rule or a document that cannot be compiled.
 */
export function compileAppsecConfig(
  document: unknown,
  rules: ReadonlyMap<string, unknown>,
): CompiledAppsecConfig {
  if (typeof document !== 'object' || document === null)
    throw new AppsecError('APPSEC_DOCUMENT', [], 'must be a mapping')
  const fields = document as Readonly<Record<string, unknown>>
  const name = fields['name']
  if (typeof name !== 'string') throw new AppsecError('APPSEC_DOCUMENT', ['name'], 'must be a text')
  const inband = select(patterns(fields, 'inband_rules'), rules, 'deny')
  const outofband = select(patterns(fields, 'outofband_rules'), rules, 'pass')
  const remediation = fields['default_remediation']
  return {
    name,
    inband: inband.seclang,
    outofband: outofband.seclang,
    remediation: typeof remediation === 'string' ? remediation : 'ban',
    files: [...inband.files, ...outofband.files],
    ignored: Object.keys(fields).filter((key) => !knownKeys.has(key)),
  }
}
