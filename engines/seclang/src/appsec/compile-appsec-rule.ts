import { AppsecError } from './appsec-error.ts'
import { matchOperators, transformNames, zoneVariables } from './appsec-words.ts'

/** A parsed YAML value. */
type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Value[]
  | { readonly [key: string]: Value }
type Path = readonly (string | number)[]
type Fields = { readonly [key: string]: Value }

/** What a compiled rule does when it matches. */
export type AppsecAction = 'deny' | 'pass'

/** A hub document as SecLang. */
export interface CompiledAppsecRule {
  readonly name: string
  /** Rules to load, one a line; also those that the document carries as SecLang. */
  readonly seclang: string
  /** Files of SecLang that the document names; the caller reads them. */
  readonly files: readonly string[]
}

/** Alternatives that the `or` lists of one document may unfold to. */
export const maxAlternatives = 256
/** Nesting of `and` and `or`. */
export const maxAppsecDepth = 8

interface Condition {
  readonly variables: readonly string[]
  readonly operator: string
  readonly transformations: readonly string[]
}

function fieldsOf(value: Value, path: Path): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppsecError('APPSEC_DOCUMENT', path, 'must be a mapping')
  return value as Fields // neither null nor a list
}

function listOf(value: Value, path: Path): readonly Value[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new AppsecError('APPSEC_DOCUMENT', path, 'must be a list')
  return value
}

function textOf(value: Value, path: Path): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new AppsecError('APPSEC_DOCUMENT', path, 'must be a text')
}

/** A member name as a SecLang selector; one that a selector cannot hold is written as a pattern. */
function selector(name: string): string {
  if (/^\/.*\/$/.test(name)) return `'${name.replaceAll("'", "\\'")}'`
  return /^[\w.[\]-]+$/.test(name)
    ? name
    : `'/^${escapePattern(name).replaceAll('/', '\\/').replaceAll("'", "\\'")}$/'`
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function variablesOf(condition: Fields, counts: boolean, path: Path): readonly string[] {
  const names = listOf(condition['variables'], [...path, 'variables']).map((name) => textOf(name, path))
  const zones = listOf(condition['zones'], [...path, 'zones'])
  if (zones.length === 0)
    throw new AppsecError('APPSEC_ZONE', [...path, 'zones'], 'a condition names its zones')
  return zones.flatMap((zone, index) => {
    const name = textOf(zone, path)
    const variable = zoneVariables.get(name)
    if (variable === undefined)
      throw new AppsecError('APPSEC_ZONE', [...path, 'zones', index], `zone ${name} is not known`)
    const count = counts ? '&' : ''
    return names.length === 0
      ? [`${count}${variable}`]
      : names.map((member) => `${count}${variable}:${selector(member)}`)
  })
}

/** A parameter of an operator that SecLang would read differently is written as a pattern. */
function operatorText(operator: string, value: string): string {
  const isPlain = !/[\n\r%]/.test(value)
  if (operator === 'rx' || isPlain)
    return `@${operator} ${value.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}`
  const pattern = escapePattern(value)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('%{', '%[{]')
  const [before, behind] = [
    operator === 'contains' || operator === 'endsWith' ? '' : '^',
    operator === 'contains' || operator === 'beginsWith' ? '' : '$',
  ]
  return `@rx ${before}${pattern}${behind}`
}

function conditionOf(fields: Fields, path: Path): Condition {
  const match = fieldsOf(fields['match'], [...path, 'match'])
  const type = textOf(match['type'], [...path, 'match', 'type'])
  const operator = matchOperators.get(type)
  if (operator === undefined)
    throw new AppsecError('APPSEC_MATCH', [...path, 'match', 'type'], `match type ${type} is not known`)
  const transforms = listOf(fields['transform'], [...path, 'transform']).map((name) =>
    textOf(name, path).toLowerCase(),
  )
  const transformations = transforms.flatMap((name, index) => {
    if (name === 'count') return []
    const known = transformNames.get(name)
    if (known === undefined)
      throw new AppsecError(
        'APPSEC_TRANSFORM',
        [...path, 'transform', index],
        `transform ${name} is not known`,
      )
    return [known]
  })
  const needsValue = operator !== 'detectSQLi' && operator !== 'detectXSS'
  const value = needsValue ? textOf(match['value'], [...path, 'match', 'value']) : ''
  const negated = match['not'] === true ? '!' : ''
  return {
    variables: variablesOf(fields, transforms.includes('count'), path),
    operator: negated + (needsValue ? operatorText(operator, value) : `@${operator}`),
    transformations,
  }
}

/** All conditions that must hold together, one list for each way to satisfy the rule. */
function alternativesOf(value: Value, path: Path, depth: number = 0): readonly (readonly Condition[])[] {
  if (depth > maxAppsecDepth)
    throw new AppsecError('APPSEC_LIMIT', path, `nested deeper than ${maxAppsecDepth}`)
  const fields = fieldsOf(value, path)
  const { and, or } = fields
  if (or !== undefined) {
    return checked(
      listOf(or, path).flatMap((item, index) => alternativesOf(item, [...path, 'or', index], depth + 1)),
      path,
    )
  }
  if (and === undefined) return [[conditionOf(fields, path)]]
  return listOf(and, path).reduce<readonly (readonly Condition[])[]>(
    (before, item, index) => {
      const next = alternativesOf(item, [...path, 'and', index], depth + 1)
      return checked(
        before.flatMap((left) => next.map((right) => [...left, ...right])),
        path,
      )
    },
    [[]],
  )
}

function checked(
  alternatives: readonly (readonly Condition[])[],
  path: Path,
): readonly (readonly Condition[])[] {
  if (alternatives.length <= maxAlternatives) return alternatives
  throw new AppsecError('APPSEC_LIMIT', path, `more than ${maxAlternatives} alternatives`)
}

/** FNV-1a (32 bit), so that a rule keeps its id as long as it keeps its name. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** Each document has a thousand ids; the last one is for its own set-up. */
const lastInRange = 999
/** First id of compiled rules; below are ids that people use. */
const firstId = 1_000_000_000

function quoted(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`
}

function ruleLine({ variables, operator }: Condition, actions: readonly string[]): string {
  return `SecRule ${variables.join('|')} ${quoted(operator)} ${quoted(actions.join(','))}`
}

function chainText(conditions: readonly Condition[], head: readonly string[]): string {
  return conditions
    .map((condition, index) => {
      const transformations = ['t:none', ...condition.transformations.map((name) => `t:${name}`)]
      const chain = index < conditions.length - 1 ? ['chain'] : []
      return ruleLine(
        condition,
        index === 0 ? [...head, ...transformations, ...chain] : [...transformations, ...chain],
      )
    })
    .join('\n')
}

function safeWord(text: string): string {
  return text.replaceAll(/[^\w./:-]/g, '_').slice(0, 128)
}

function tagsOf(document: Fields): readonly string[] {
  const labels = document['labels']
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return []
  const classification = (labels as Fields)['classification']
  return Array.isArray(classification) ? classification.map((item) => `tag:'${safeWord(String(item))}'`) : []
}

/**
 * Compiles one document of the CrowdSec hub's `appsec-rules` to SecLang. `and` becomes a chain, `or` one chain for each
 * alternative, each element of `rules` a rule of its own.
 * @throws AppsecError for anything that is not understood: never a rule that silently matches something else.
 */
export function compileAppsecRule(document: unknown, action: AppsecAction = 'deny'): CompiledAppsecRule {
  const fields = fieldsOf(document as Value, [])
  const name = textOf(fields['name'], ['name'])
  const lines = listOf(fields['seclang_rules'], ['seclang_rules']).map((line) =>
    textOf(line, ['seclang_rules']).replace(/\s+#[^"]*$/, ''),
  )
  const base = firstId + (hash(name) % 900_000) * 1_000
  let next = 0
  for (const [index, rule] of listOf(fields['rules'], ['rules']).entries()) {
    for (const conditions of alternativesOf(rule, ['rules', index])) {
      if (conditions.length === 0)
        throw new AppsecError(
          'APPSEC_DOCUMENT',
          ['rules', index],
          'a rule without a condition matches everything',
        )
      const severity = action === 'deny' ? ["status:403,severity:'CRITICAL'"] : []
      const head = [
        `id:${base + next}`,
        'phase:2',
        action,
        ...severity,
        'log',
        `msg:'${safeWord(name)}'`,
        ...tagsOf(fields),
        "ver:'crowdsec-hub'",
      ]
      lines.push(chainText(conditions, head))
      next += 1
    }
  }
  // Without this the raw body is there for forms only.
  if (lines.some((line) => /REQUEST_BODY\b/.test(line)) && next > 0) {
    lines.unshift(`SecAction "id:${base + lastInRange},phase:1,pass,nolog,ctl:forceRequestBodyVariable=On"`)
  }
  const files = listOf(fields['seclang_files_rules'], ['seclang_files_rules']).map((file) =>
    textOf(file, ['seclang_files_rules']),
  )
  return { name, seclang: `${lines.join('\n')}\n`, files }
}
