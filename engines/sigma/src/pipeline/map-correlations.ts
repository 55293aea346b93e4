import type { CorrelationRule } from '../correlation/correlation-rule.ts'
import type { SigmaRule } from '../rule/sigma-rule.ts'
import { renameFor } from './pipeline.ts'
import type { FieldMapping, Rename } from './pipeline.ts'

const maxDepth = 8

/** What a correlation is resolved against. */
interface House {
  readonly rules: readonly SigmaRule[]
  readonly correlations: readonly CorrelationRule[]
  readonly mappings: readonly FieldMapping[]
}

/** Names for what a reference stands for: those of a detection rule's log source, for a correlation those below it. */
function renameOf(reference: string, house: House, depth: number): Rename | undefined {
  const isMeant = ({ info }: SigmaRule | CorrelationRule): boolean =>
    info.id === reference || info.name === reference
  const rule = house.rules.find(isMeant)
  if (rule !== undefined) return renameFor(rule.logsource, house.mappings)
  const below = house.correlations.find(isMeant)
  return below === undefined || depth >= maxDepth ? undefined : renameBelow(below, house, depth + 1)
}

function renameBelow(correlation: CorrelationRule, house: House, depth: number): Rename | undefined {
  for (const reference of correlation.rules) {
    const rename = renameOf(reference, house, depth)
    if (rename !== undefined) return rename
  }
  return undefined
}

function mapCorrelation(correlation: CorrelationRule, house: House): CorrelationRule {
  const rename = renameBelow(correlation, house, 0) ?? ((field) => field)
  const aliases = Object.entries(correlation.aliases).map(([alias, fields]) => [
    alias,
    Object.fromEntries(
      Object.entries(fields).map(([reference, field]) => [
        reference,
        (renameOf(reference, house, 0) ?? rename)(field),
      ]),
    ),
  ])
  return {
    ...correlation,
    groupBy: correlation.groupBy.map((field) =>
      Object.hasOwn(correlation.aliases, field) ? field : rename(field),
    ),
    fields: correlation.fields.map((field) =>
      Object.hasOwn(correlation.aliases, field) ? field : rename(field),
    ),
    aliases: Object.fromEntries(aliases) as CorrelationRule['aliases'],
  }
}

/**
 * Correlations in the names of the events, as the rules below them are: an alias by the log source of the rule that it
 * speaks of, everything else by that of the first rule below.
 */
export function mapCorrelations(
  correlations: readonly CorrelationRule[],
  rules: readonly SigmaRule[],
  mappings: readonly FieldMapping[],
): readonly CorrelationRule[] {
  if (mappings.length === 0) return correlations
  return correlations.map((correlation) => mapCorrelation(correlation, { rules, correlations, mappings }))
}
