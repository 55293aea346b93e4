import { Correlations } from './correlation/correlations.ts'
import type { CorrelationLimits } from './correlation/correlations.ts'
import type { CorrelationRule } from './correlation/correlation-rule.ts'
import { parseCorrelation } from './correlation/parse-correlation.ts'
import type { Placeholders } from './detection/parse-detection.ts'
import { SigmaError } from './error.ts'
import { applyFilters, parseFilter } from './filter/parse-filter.ts'
import type { SigmaFilter } from './filter/parse-filter.ts'
import { sigmaLimits } from './limits.ts'
import { createPlan } from './match/plan.ts'
import type { Plan } from './match/plan.ts'
import type { SigmaEvent } from './match/event-view.ts'
import { mapCorrelation, mapRule, renameFor } from './pipeline/pipeline.ts'
import type { FieldMapping } from './pipeline/pipeline.ts'
import { parseRule } from './rule/parse-rule.ts'
import type { LogSource, RuleInfo, SigmaRule } from './rule/sigma-rule.ts'
import { isMap } from './rule/source.ts'
import type { SigmaValue } from './rule/source.ts'

/** One parsed YAML document and where it came from. */
export interface SigmaDocument {
  /** Named in problems, for example a file. */
  readonly source: string
  readonly value: SigmaValue
}

/** A document that was refused. */
export interface SigmaProblem {
  readonly source: string
  readonly error: SigmaError
}

/** How to compile. */
export interface SigmaOptions {
  readonly placeholders?: Placeholders
  /** What the fields of rules are called in the events; without any, rules are in the names of the events. */
  readonly mappings?: readonly FieldMapping[]
  /** `false` looks at every rule for every event; for comparing results. */
  readonly prefilter?: boolean
}

/** Compiled rules. Not re-entrant. */
export interface SigmaRuleSet {
  readonly rules: readonly RuleInfo[]
  readonly correlations: readonly CorrelationRule[]
  /** What could not be used, one for each document: never silence. */
  readonly problems: readonly SigmaProblem[]
  /** The rules that an event of this log source matches. */
  match(event: SigmaEvent, logsource: LogSource): readonly RuleInfo[]
  /** State for the correlation rules of this set. */
  openCorrelations(limits?: CorrelationLimits): Correlations
}

/** Plans for log sources seen lately. */
const maxPlans = 256

interface Loaded {
  readonly rules: SigmaRule[]
  readonly filters: SigmaFilter[]
  readonly correlations: CorrelationRule[]
  readonly problems: SigmaProblem[]
}

function loadDocument({ source, value }: SigmaDocument, placeholders: Placeholders, loaded: Loaded): void {
  try {
    if (!isMap(value)) throw new SigmaError('SIGMA_DOCUMENT', [], 'a Sigma document is a mapping')
    if (value['action'] !== undefined)
      throw new SigmaError('SIGMA_DOCUMENT', ['action'], 'action is no longer part of Sigma')
    if (value['correlation'] !== undefined) loaded.correlations.push(parseCorrelation(value))
    else if (value['filter'] !== undefined) loaded.filters.push(parseFilter(value, placeholders))
    else {
      const rule = parseRule(value, placeholders)
      // Compiled alone once, so that a bad pattern is this document's problem and not everybody's.
      createPlan([rule], { prefilter: false })
      if (loaded.rules.length >= sigmaLimits.maxRules)
        throw new SigmaError('SIGMA_LIMIT', [], `more than ${sigmaLimits.maxRules} rules`)
      loaded.rules.push(rule)
    }
  } catch (error) {
    if (!(error instanceof SigmaError)) throw error
    loaded.problems.push({ source, error })
  }
}

function known(loaded: Loaded): Set<string> {
  const infos = [...loaded.rules, ...loaded.correlations].map((rule) => rule.info)
  return new Set(infos.flatMap(({ id, name }) => (name === undefined ? [id] : [id, name])))
}

function checkReferences(loaded: Loaded): readonly CorrelationRule[] {
  const names = known(loaded)
  return loaded.correlations.filter((correlation) => {
    const missing = correlation.rules.find((reference) => !names.has(reference))
    if (missing === undefined) return true
    const error = new SigmaError(
      'SIGMA_CORRELATION',
      ['correlation', 'rules'],
      `no rule is called ${missing}`,
    )
    loaded.problems.push({ source: correlation.info.title, error })
    return false
  })
}

function looksAt(rule: LogSource, event: LogSource): boolean {
  const fits = (key: keyof LogSource): boolean => rule[key] === undefined || rule[key] === event[key]
  return fits('category') && fits('product') && fits('service')
}

/** Correlations in the names of the events, as the rules below them are. */
function mapCorrelations(
  correlations: readonly CorrelationRule[],
  rules: readonly SigmaRule[],
  mappings: readonly FieldMapping[],
): readonly CorrelationRule[] {
  if (mappings.length === 0) return correlations
  return correlations.map((correlation) => {
    const base = rules.find(({ info }) =>
      correlation.rules.some((name) => name === info.id || name === info.name),
    )
    return base === undefined ? correlation : mapCorrelation(correlation, renameFor(base.logsource, mappings))
  })
}

/** Ids of rules whose matches only feed a correlation. */
function silentRules(correlations: readonly CorrelationRule[]): ReadonlySet<string> {
  return new Set(correlations.flatMap((correlation) => (correlation.generate ? [] : correlation.rules)))
}

/**
 * Compiles Sigma documents: detection rules, filters and correlations. Documents that cannot be used are named in
 * `problems`; the others work.
 */
export function compileSigma(documents: readonly SigmaDocument[], options: SigmaOptions = {}): SigmaRuleSet {
  const loaded: Loaded = { rules: [], filters: [], correlations: [], problems: [] }
  for (const document of documents) loadDocument(document, options.placeholders ?? {}, loaded)
  const mappings = options.mappings ?? []
  const correlations = mapCorrelations(checkReferences(loaded), loaded.rules, mappings)
  const rules = loaded.rules.map((rule) => mapRule(applyFilters(rule, loaded.filters), mappings))
  const plans = new Map<string, Plan>()
  const planFor = (logsource: LogSource): Plan => {
    const key = `${logsource.category ?? ''}|${logsource.product ?? ''}|${logsource.service ?? ''}`
    const known = plans.get(key)
    if (known !== undefined) return known
    const plan = createPlan(
      rules.filter((rule) => looksAt(rule.logsource, logsource)),
      { prefilter: options.prefilter ?? true },
    )
    const oldest = plans.keys().next()
    if (plans.size >= maxPlans && oldest.done !== true) plans.delete(oldest.value)
    plans.set(key, plan)
    return plan
  }
  return {
    rules: rules.map((rule) => rule.info),
    correlations,
    problems: loaded.problems,
    match: (event, logsource) =>
      planFor(logsource)
        .match(event)
        .map((rule) => rule.info),
    openCorrelations: (limits) => new Correlations(correlations, limits),
  }
}

/** True when a rule's own matches are not shown, because a correlation speaks for it. */
export function isSilent(info: RuleInfo, correlations: readonly CorrelationRule[]): boolean {
  const silent = silentRules(correlations)
  return silent.has(info.id) || (info.name !== undefined && silent.has(info.name))
}
