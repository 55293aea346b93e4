/** How a field is stored and compared: `list` matches when one of its items does. */
export type FieldType = 'text' | 'number' | 'list'

/** A field that can be searched. */
export interface Field {
  /** ECS name, dotted, as people write it. */
  readonly name: string
  /** Column of the index. */
  readonly column: string
  readonly type: FieldType
  /** Words without a field are looked for here. */
  readonly words?: boolean
}

function field(name: string, type: FieldType, words = false): Field {
  const column = name.replaceAll('.', '_').replaceAll('@', '')
  return words ? { name, column, type, words } : { name, column, type }
}

/** Every field that can be searched; the one list for the index, the query language, the live tail and the docs. */
export const fields: readonly Field[] = [
  field('event.id', 'text'),
  field('event.action', 'text', true),
  field('event.kind', 'text'),
  field('event.category', 'list'),
  field('event.type', 'list'),
  field('event.dataset', 'text'),
  field('event.outcome', 'text'),
  field('event.reason', 'text', true),
  field('event.severity', 'number'),
  field('event.duration', 'number'),
  field('agent.id', 'text'),
  field('sevenfold.kind', 'text'),
  field('sevenfold.layer', 'text'),
  field('sevenfold.lane', 'text'),
  field('sevenfold.site', 'text'),
  field('sevenfold.judgement.step', 'text'),
  field('sevenfold.judgement.verdict', 'text'),
  field('sevenfold.judgement.score', 'number'),
  field('sevenfold.judgement.rules', 'list'),
  field('sevenfold.judgement.matched', 'text', true),
  field('sevenfold.decision.id', 'number'),
  field('sevenfold.decision.type', 'text'),
  field('sevenfold.decision.scope', 'text'),
  field('sevenfold.decision.value', 'text', true),
  field('sevenfold.decision.origin', 'text'),
  field('sevenfold.decision.scenario', 'text'),
  field('sevenfold.finding.control', 'text'),
  field('sevenfold.finding.severity', 'text'),
  field('sevenfold.admin.op', 'text'),
  field('sevenfold.admin.actor', 'text'),
  field('sevenfold.repeat.count', 'number'),
  field('source.ip', 'text', true),
  field('source.port', 'number'),
  field('destination.ip', 'text'),
  field('url.path', 'text'),
  field('url.query', 'text'),
  field('url.original', 'text', true),
  field('url.domain', 'text', true),
  field('http.request.id', 'text'),
  field('http.request.method', 'text'),
  field('http.request.referrer', 'text'),
  field('http.response.status_code', 'number'),
  field('http.response.body.bytes', 'number'),
  field('http.version', 'text'),
  field('user.name', 'text', true),
  field('user_agent.original', 'text', true),
  field('trace.id', 'text'),
  field('rule.id', 'text'),
  field('rule.name', 'text', true),
  field('threat.technique.id', 'list'),
  field('process.executable', 'text'),
  field('file.path', 'text'),
  field('error.message', 'text', true),
  field('message', 'text', true),
]

const byName: ReadonlyMap<string, Field> = new Map(fields.map((entry) => [entry.name, entry]))

/** Short names that people write most. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['ip', 'source.ip'],
  ['kind', 'sevenfold.kind'],
  ['layer', 'sevenfold.layer'],
  ['site', 'sevenfold.site'],
  ['status', 'http.response.status_code'],
  ['path', 'url.path'],
  ['method', 'http.request.method'],
  ['rule', 'rule.id'],
  ['user', 'user.name'],
])

/** The field of a name or short name. */
export function fieldOf(name: string): Field | undefined {
  const lower = name.toLowerCase()
  return byName.get(aliases.get(lower) ?? lower)
}

/** Fields that are looked at for words without a field. */
export const wordFields: readonly Field[] = fields.filter((entry) => entry.words === true)

/** Names that begin or end like a name that does not exist, for the message about it. */
export function similarFields(name: string): string[] {
  const lower = name.toLowerCase()
  const last = lower.split('.').at(-1) ?? lower
  const close = fields.filter((entry) => entry.name.includes(lower) || entry.name.endsWith(last))
  return close.slice(0, 3).map((entry) => entry.name)
}
