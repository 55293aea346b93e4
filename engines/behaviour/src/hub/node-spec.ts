import type { RuleDocument, RuleProblem } from './rule-document.ts'
import { RuleReader } from './rule-reader.ts'
import type { RulePlace } from './rule-reader.ts'

/** One assignment of a parser: a fixed text or an expression, and where it goes. */
export interface StaticSpec {
  readonly target: 'meta' | 'parsed' | 'enriched' | 'path' | 'method'
  /** Key, dotted path or enricher. */
  readonly name: string
  readonly value: string
  readonly expression: string
  readonly place: RulePlace
}

/** The grok of a node. */
export interface GrokSpec {
  readonly applyOn: string
  /** Where the text is the result of an expression. */
  readonly expression: string
  /** Name of a pattern, or empty. */
  readonly name: string
  readonly pattern: string
  readonly statics: readonly StaticSpec[]
  readonly place: RulePlace
}

/** Values put aside for later lines. */
export interface StashSpec {
  readonly name: string
  readonly key: string
  readonly value: string
  readonly ttl: string
  readonly size: number
  readonly strategy: string
  readonly place: RulePlace
}

/** Who is spared. */
export interface WhitelistSpec {
  readonly reason: string
  readonly ips: readonly string[]
  readonly cidrs: readonly string[]
  readonly expressions: readonly string[]
  readonly place: RulePlace
}

/** A data file that a rule names. */
export interface DataSpec {
  readonly file: string
  readonly type: string
}

/** A node of a parser or a postoverflow as it is written. */
export interface NodeSpec {
  readonly name: string
  readonly filter: string
  readonly nextStage: boolean
  readonly patterns: readonly (readonly [name: string, pattern: string])[]
  readonly grok: GrokSpec | undefined
  readonly statics: readonly StaticSpec[]
  readonly whitelist: WhitelistSpec | undefined
  readonly stashes: readonly StashSpec[]
  readonly data: readonly DataSpec[]
  readonly nodes: readonly NodeSpec[]
  readonly place: RulePlace
}

/** Deepest nesting of nodes. */
export const maxNodeDepth = 16

/**
 * Reads one document of a parser or postoverflow file. Undefined for a document that names nothing, which the hub's
 * reader skips too.
 */
export function readNodeSpec(document: RuleDocument, problems: RuleProblem[]): NodeSpec | undefined {
  if (document.value === null) return undefined
  const reader = new RuleReader(document, problems)
  const isNamed = reader.has('name') || reader.has('description') || reader.has('author')
  if (!isNamed && reader.keys().length > 0) reader.problem(undefined, 'the node has no name')
  return isNamed ? readNode(reader, 0) : undefined
}

function readNode(reader: RuleReader, depth: number): NodeSpec {
  for (const key of ['author', 'description', 'format', 'stage']) reader.text(key)
  for (const key of ['debug', 'profiling']) reader.flag(key)
  reader.texts('references')
  const onSuccess = reader.text('onsuccess')
  if (!['', 'continue', 'next_stage'].includes(onSuccess))
    reader.problem('onsuccess', 'onsuccess must be continue or next_stage')
  const children = reader.list('nodes')
  if (depth >= maxNodeDepth && children.length > 0) reader.problem('nodes', 'nodes are nested too deeply')
  const spec: NodeSpec = {
    name: reader.text('name'),
    filter: reader.text('filter'),
    nextStage: onSuccess === 'next_stage',
    patterns: reader.entries('pattern_syntax'),
    grok: readGrok(reader.inner('grok')),
    statics: reader.list('statics').map(readStatic),
    whitelist: readWhitelist(reader.inner('whitelist')),
    stashes: reader.list('stash').map(readStash),
    data: readDataSpecs(reader),
    nodes: depth >= maxNodeDepth ? [] : children.map((child) => readNode(child, depth + 1)),
    place: reader.place,
  }
  if (isEmpty(spec)) reader.problem(undefined, 'the node does nothing')
  reader.end()
  return spec
}

function isEmpty({ grok, statics, whitelist, nodes }: NodeSpec): boolean {
  return grok === undefined && statics.length === 0 && whitelist === undefined && nodes.length === 0
}

/** The `data:` section of a rule. */
export function readDataSpecs(reader: RuleReader): readonly DataSpec[] {
  return reader.list('data').map((item) => {
    const spec = { file: item.text('dest_file'), type: item.text('type') }
    for (const key of ['source_url', 'strategy', 'ttl']) item.text(key)
    item.flag('cache')
    item.integer('size', 0)
    item.end()
    return spec
  })
}

function readGrok(reader: RuleReader | undefined): GrokSpec | undefined {
  if (reader === undefined) return undefined
  const spec = {
    applyOn: reader.text('apply_on'),
    expression: reader.text('expression'),
    name: reader.text('name'),
    pattern: reader.text('pattern'),
    statics: reader.list('statics').map(readStatic),
    place: reader.place,
  }
  reader.end()
  if (spec.applyOn === '' && spec.expression === '')
    reader.problem(undefined, 'grok needs apply_on or expression')
  if (spec.name === '' && spec.pattern === '') reader.problem(undefined, 'grok needs pattern or name')
  return spec
}

/** Reads one assignment. */
export function readStatic(reader: RuleReader): StaticSpec {
  const named = {
    method: reader.text('method'),
    parsed: reader.text('parsed'),
    meta: reader.text('meta'),
    enriched: reader.text('enriched'),
    path: reader.text('target'),
  }
  const spec = {
    ...targetOf(named),
    value: reader.text('value'),
    expression: reader.text('expression'),
    place: reader.place,
  }
  reader.end()
  if (spec.name === '')
    reader.problem(undefined, 'one of meta, parsed, enriched, target and method is needed')
  if (spec.value === '' && spec.expression === '' && !reader.has('value'))
    reader.problem(undefined, 'value or expression is needed')
  return spec
}

function targetOf(
  named: Readonly<Record<StaticSpec['target'], string>>,
): Pick<StaticSpec, 'target' | 'name'> {
  for (const target of ['method', 'parsed', 'meta', 'enriched', 'path'] as const) {
    if (named[target] !== '') return { target, name: named[target] }
  }
  return { target: 'meta', name: '' }
}

function readWhitelist(reader: RuleReader | undefined): WhitelistSpec | undefined {
  if (reader === undefined) return undefined
  const spec = {
    reason: reader.text('reason'),
    ips: reader.texts('ip'),
    cidrs: reader.texts('cidr'),
    expressions: reader.texts('expression'),
    place: reader.place,
  }
  reader.end()
  return spec.ips.length + spec.cidrs.length + spec.expressions.length === 0 ? undefined : spec
}

function readStash(reader: RuleReader): StashSpec {
  const spec = {
    name: reader.text('name'),
    key: reader.text('key'),
    value: reader.text('value'),
    ttl: reader.text('ttl'),
    size: reader.integer('size', 0),
    strategy: reader.text('strategy'),
    place: reader.place,
  }
  reader.end()
  for (const key of ['name', 'key', 'value', 'ttl'] as const) {
    if (spec[key] === '') reader.problem(undefined, `stash needs ${key}`)
  }
  return spec
}
