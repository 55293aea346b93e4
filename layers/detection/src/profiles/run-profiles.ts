import type { AlertRecord } from '@sevenfold/behaviour'
import type { Alert, AlertSource } from '../alerts/alert.ts'
import { parseGoDuration } from '../decisions/go-duration.ts'
import { alertRecord } from './alert-record.ts'
import type { ProfileDecision, Profiles } from './profile.ts'
import type { CompiledProfile, DecisionTemplate } from './read-profiles.ts'

/** What a scope means for a source: a decision on the range, the country or the network of an address. */
function valueFor(scope: string, source: AlertSource): string {
  if (scope.toLowerCase() === source.scope.toLowerCase()) return source.value
  switch (scope.toLowerCase()) {
    case 'ip':
      return source.ip ?? source.value
    case 'range':
      return source.range ?? source.value
    case 'country':
      return source.cn ?? ''
    case 'as':
      return source.as_number ?? ''
    default:
      return source.value
  }
}

interface Run {
  readonly alert: Alert
  readonly record: AlertRecord
  readonly errors: string[]
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** True when one of the filters is; undefined when one failed before. */
function matches(profile: CompiledProfile, { record, errors }: Run): boolean | undefined {
  for (const filter of profile.filters) {
    try {
      if (filter.test([record])) return true
    } catch (error) {
      errors.push(`profile ${profile.name}: filter ${filter.source.slice(0, 200)}: ${messageOf(error)}`)
      return undefined
    }
  }
  return false
}

/** How long the expression of a profile says; undefined when there is none, or it says nothing that is a duration. */
function durationOf(profile: CompiledProfile, { record, errors }: Run): number | undefined {
  if (profile.durationExpr === undefined) return undefined
  try {
    const value = profile.durationExpr.evaluate([record])
    const durationMs = typeof value === 'string' ? parseGoDuration(value) : undefined
    if (durationMs === undefined) errors.push(`profile ${profile.name}: duration_expr gave no duration`)
    return durationMs
  } catch (error) {
    errors.push(`profile ${profile.name}: duration_expr: ${messageOf(error)}`)
    return undefined
  }
}

function decided(
  template: DecisionTemplate,
  run: Run,
  duration: { readonly stated: number | undefined; readonly fallback: number },
): ProfileDecision {
  const { source } = run.alert
  const scope = template.scope === '' ? source.scope : template.scope
  return {
    type: template.type,
    durationMs: duration.stated ?? template.durationMs ?? duration.fallback,
    scope,
    value: valueFor(scope, source),
    origin: template.origin,
    simulated: template.simulated,
    escalates: duration.stated === undefined,
  }
}

/**
 * Runs profiles in their order, as CrowdSec does: the first that matches and has decisions decides, later ones only
 * count as matched, `on_success: break` ends the run. A filter that fails is reported; `on_error` says what comes of it.
 */
export function runProfiles(profiles: readonly CompiledProfile[], banDurationMs: number): Profiles {
  return {
    decide: (alert) => {
      const run: Run = { alert, record: alertRecord(alert), errors: [] }
      const matched: string[] = []
      let decisions: readonly ProfileDecision[] = []
      for (const profile of profiles) {
        const outcome = matches(profile, run)
        if (outcome === undefined && profile.onError === 'break') break
        if (outcome !== true && !(outcome === undefined && profile.onError === 'apply')) continue
        matched.push(profile.name)
        if (decisions.length === 0) {
          const duration = { stated: durationOf(profile, run), fallback: banDurationMs }
          decisions = profile.decisions.map((template) => decided(template, run, duration))
        }
        if (profile.onSuccess === 'break') break
      }
      return { decisions, matched, errors: run.errors }
    },
  }
}
