import { Correlations } from './correlation/correlations.ts'
import type { CorrelationLimits } from './correlation/correlations.ts'
import type { CorrelationRule } from './correlation/correlation-rule.ts'
import { parseCorrelation } from './correlation/parse-correlation.ts'
import { usableCorrelations } from './correlation/usable-correlations.ts'
import type { Placeholders } from './detection/parse-detection.ts'
import { SigmaError } from './error.ts'
import { applyFilters, parseFilter } from './filter/parse-filter.ts'
import type { SigmaFilter } from './filter/parse-filter.ts'
import { sigmaLimits } from './limits.ts'
import { createPlan } from './match/plan.ts'
import type { Plan } from './match/plan.ts'
import type { SigmaEvent } from './match/event-view.ts'
import { mapCorrelations } from './pipeline/map-correlations.ts'
import { mapRule } from './pipeline/pipeline.ts'
import type { FieldMapping } from './pipeline/pipeline.ts'
import { parseRule } from './rule/parse-rule.ts'
import type { LogSource, RuleInfo, SigmaRule } from './rule/sigma-rule.ts'
import { isMap, textAt } from './rule/source.ts'
import type { SigmaMap, SigmaValue } from './rule/source.ts'

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
  /** Ids that documents gave themselves. */
  readonly ids: Set<string>
}

/** An id names one rule: a second one would be found under the name of the first. */
function claimId(document: SigmaMap, { ids }: Loaded): void {
  const id = textAt(document, 'id', [])
  if (id === undefined) return
  if (ids.has(id)) throw new SigmaError('SIGMA_DUPLICATE', ['id'], `there is another rule with the id ${id}`)
  ids.add(id)
}

function loadDocument({ source, value }: SigmaDocument, placeholders: Placeholders, loaded: Loaded): void {
  try {
    if (!isMap(value)) throw new SigmaError('SIGMA_DOCUMENT', [], 'a Sigma document is a mapping')
    if (value['action'] !== undefined)
      throw new SigmaError('SIGMA_DOCUMENT', ['action'], 'action is no longer part of Sigma')
    if (value['correlation'] !== undefined) {
      const correlation = parseCorrelation(value)
      claimId(value, loaded)
      loaded.correlations.push(correlation)
    } else if (value['filter'] !== undefined) loaded.filters.push(parseFilter(value, placeholders))
    else {
      const rule = parseRule(value, placeholders)
      // Compiled alone once, so that a bad pattern is this document's problem and not everybody's.
      createPlan([rule], { prefilter: false })
      if (loaded.rules.length >= sigmaLimits.maxRules)
        throw new SigmaError('SIGMA_LIMIT', [], `more than ${sigmaLimits.maxRules} rules`)
      claimId(value, loaded)
      loaded.rules.push(rule)
    }
  } catch (error) {
    if (!(error instanceof SigmaError)) throw error
    loaded.problems.push({ source, error })
  }
}

function looksAt(rule: LogSource, event: LogSource): boolean {
  const fits = (key: keyof LogSource): boolean => rule[key] === undefined || rule[key] === event[key]
  return fits('category') && fits('product') && fits('service')
}

/** Log sources are written in lower case (specification 2.1), whatever names an event's source. */
function lowered({ category, product, service }: LogSource): LogSource {
  return {
    ...(category === undefined ? {} : { category: category.toLowerCase() }),
    ...(product === undefined ? {} : { product: product.toLowerCase() }),
    ...(service === undefined ? {} : { service: service.toLowerCase() }),
  }
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
  const loaded: Loaded = { rules: [], filters: [], correlations: [], problems: [], ids: new Set() }
  for (const document of documents) loadDocument(document, options.placeholders ?? {}, loaded)
  const mappings = options.mappings ?? []
  const usable = usableCorrelations(loaded.rules, loaded.correlations)
  loaded.problems.push(...usable.problems)
  const correlations = mapCorrelations(usable.correlations, loaded.rules, mappings)
  const rules = loaded.rules.map((rule) => mapRule(applyFilters(rule, loaded.filters), mappings))
  const plans = new Map<string, Plan>()
  const planFor = (given: LogSource): Plan => {
    const logsource = lowered(given)
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
