import { parseMapping } from '@sevenfold/sigma'
import type { FieldMapping, Placeholders, SigmaValue } from '@sevenfold/sigma'
import { AlertsError } from '../alerts-error.ts'

/** Most values of one placeholder. */
export const maxPlaceholderValues = 4_096

/** What rules of other people need to know of this house. */
export interface RuleSettings {
  /** Values for `%name%` behind `|expand`. */
  readonly placeholders: Placeholders
  /** What fields of rules are called in our events. */
  readonly mappings: readonly FieldMapping[]
}

/** Nothing special. */
export const noSettings: RuleSettings = { placeholders: {}, mappings: [] }

function textsOf(name: string, value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const isPlain = values.every((one) => typeof one === 'string' || typeof one === 'number')
  if (!isPlain || values.length === 0 || values.length > maxPlaceholderValues)
    throw new AlertsError(
      'ALERTS_RULES',
      `placeholder ${name} needs a list of 1 to ${maxPlaceholderValues} texts`,
    )
  return values.map(String)
}

/**
 * Settings that stand beside rules as a document of their own: `placeholders: {name: [values]}`, or a field mapping with
 * `logsource` and `fields`. Undefined for a rule. @throws AlertsError, SigmaError for settings that cannot be used.
 */
export function readSettings(value: SigmaValue): RuleSettings | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'title' in value)
    return undefined
  const { placeholders, fields } = value as Readonly<Record<string, SigmaValue>>
  if (placeholders !== undefined) {
    if (typeof placeholders !== 'object' || placeholders === null || Array.isArray(placeholders))
      throw new AlertsError('ALERTS_RULES', 'placeholders map names to lists of values')
    const entries = Object.entries(placeholders).map(
      ([name, values]) => [name, textsOf(name, values)] as const,
    )
    return { ...noSettings, placeholders: Object.fromEntries(entries) }
  }
  // `fields` of a rule is a list; a rule without a title is refused as such.
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return undefined
  return { ...noSettings, mappings: [parseMapping(value)] }
}

/** All of them; of placeholders with one name the last counts. */
export function joinSettings(all: readonly RuleSettings[]): RuleSettings {
  return {
    placeholders: Object.fromEntries(all.flatMap(({ placeholders }) => Object.entries(placeholders))),
    mappings: all.flatMap(({ mappings }) => mappings),
  }
}
