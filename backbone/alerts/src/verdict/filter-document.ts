import { randomUUID } from 'node:crypto'
import type { LogSource, SigmaMap, SigmaValue } from '@sevenfold/sigma'
import type { Entity, EntityType } from '../alert/alert.ts'
import { AlertsError } from '../alerts-error.ts'

/** What a filter hides: alerts about one entity, on one site, or all of a rule. */
export const filterScopes = ['entity', 'site', 'rule'] as const
/** One of them. */
export type FilterScope = (typeof filterScopes)[number]

/** How long a filter holds at most, and unless said otherwise, in milliseconds. */
export const filterDurations: { readonly longestMs: number; readonly usualMs: number } = {
  longestMs: 365 * 86_400_000,
  usualMs: 30 * 86_400_000,
}

/** What a filter is written for. */
export interface FilterRequest {
  readonly incident: string
  readonly ruleIds: readonly string[]
  readonly ruleTitle: string
  readonly logsource: LogSource
  readonly entities: readonly Entity[]
  readonly scope: FilterScope
  readonly verdict: 'benign' | 'noise'
  readonly reason: string
  readonly actor: string
  readonly nowMs: number
  readonly untilMs: number
}

/** A Sigma filter (Sigma filters specification) with an end; `expires` is a field of our own. */
export interface FilterDocument {
  readonly id: string
  readonly expires: string
  readonly document: SigmaMap
}

const fieldsOf: Readonly<Partial<Record<EntityType, readonly string[]>>> = {
  source: ['source.ip'],
  user: ['user.name', 'sevenfold.admin.actor'],
  account: ['user.name'],
  session: ['session.id'],
  part: ['labels.part', 'sevenfold.layer'],
  host: ['host.name'],
}

function selections(request: FilterRequest): readonly SigmaMap[] {
  if (request.scope === 'rule') return [{ 'sevenfold.v|exists': true }]
  if (request.scope === 'site') {
    const sites = request.entities.filter(({ type }) => type === 'site').map(({ value }) => value)
    if (sites.length === 0) throw new AlertsError('ALERTS_REFUSED', 'the incident names no site')
    return [{ 'sevenfold.site|cased': sites }]
  }
  const byField = new Map<string, string[]>()
  for (const { type, value } of request.entities)
    for (const field of fieldsOf[type] ?? []) byField.set(field, [...(byField.get(field) ?? []), value])
  if (byField.size === 0)
    throw new AlertsError('ALERTS_REFUSED', 'the incident names nobody that a filter could name')
  return Array.from(byField, ([field, values]) => ({ [`${field}|cased`]: values.map(literal) }))
}

/** Asterisks and question marks of a value are meant as they stand. */
function literal(value: string): string {
  return value.replaceAll(/[\\*?]/g, (mark) => `\\${mark}`)
}

/** Writes the filter of a verdict. @throws AlertsError ALERTS_REFUSED when there is nothing that it could name. */
export function writeFilter(request: FilterRequest): FilterDocument {
  const id = randomUUID()
  const expires = new Date(request.untilMs).toISOString()
  const parts = selections(request)
  const names = parts.map((_, index) => `selection_${index + 1}`)
  const filter: Record<string, SigmaValue> = {
    rules: [...request.ruleIds],
    ...Object.fromEntries(names.map((name, index) => [name, parts[index] ?? {}])),
    condition: `not (${names.join(' or ')})`,
  }
  return {
    id,
    expires,
    document: {
      title: `${request.verdict}: ${request.ruleTitle}`.slice(0, 256),
      id,
      status: 'stable',
      description: request.reason,
      author: request.actor,
      date: new Date(request.nowMs).toISOString().slice(0, 10),
      expires,
      incident: request.incident,
      logsource: logsourceOf(request.logsource),
      filter,
    },
  }
}

function logsourceOf({ category, product, service }: LogSource): SigmaMap {
  return {
    ...(category === undefined ? {} : { category }),
    ...(product === undefined ? {} : { product }),
    ...(service === undefined ? {} : { service }),
  }
}
