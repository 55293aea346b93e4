import { addressSet } from '../address/address-set.ts'
import type { Enricher } from '../enrich/enricher.ts'
import { ExprError } from '../expr/error.ts'
import type { Expression } from '../expr/expression.ts'
import { GrokError } from '../grok/grok-error.ts'
import { fewestFiltered, GrokFilter } from '../grok/grok-filter.ts'
import type { Grok } from '../grok/grok.ts'
import type { GrokLibrary } from '../grok/grok-library.ts'
import { parseGoDuration } from '../helpers/go-duration.ts'
import type { GrokSpec, NodeSpec, StashSpec, StaticSpec, WhitelistSpec } from '../hub/node-spec.ts'
import type {
  Assignment,
  ChildFilter,
  NodeGrok,
  NodeStash,
  NodeWhitelist,
  ParserNode,
} from '../parse/node.ts'
import { isLeaf } from '../parse/run-node.ts'
import { targetWriter } from '../parse/target-writer.ts'
import type { Stash, StashStrategy } from '../stash/stash.ts'
import type { CompileContext } from './compile-context.ts'

/** What nodes are compiled with. */
export interface NodeSurroundings {
  readonly context: CompileContext
  /** Patterns of this kind of nodes: parsers and postoverflows have one each. */
  readonly groks: GrokLibrary
  readonly enrichers: ReadonlyMap<string, Enricher>
  readonly stash: Stash
}

/** Compiles a node and its children; undefined when something in it is wrong, which is reported. */
export function compileNode(spec: NodeSpec, around: NodeSurroundings, parent = ''): ParserNode | undefined {
  const { context } = around
  const before = context.problems.length
  const filter =
    spec.filter === '' ? undefined : context.expression(spec.filter, { place: spec.place, key: 'filter' })
  addPatterns(spec, around)
  const grok = spec.grok === undefined ? undefined : compileGrok(spec.grok, around)
  const stashes = spec.stashes.map((stash) => compileStash(stash, around))
  const name = spec.name === '' ? `child-${parent}` : spec.name
  const children = spec.nodes.map((child) => compileNode(child, around, name))
  const assignments = spec.statics.map((item) => compileStatic(item, around))
  const whitelist = spec.whitelist === undefined ? undefined : compileWhitelist(spec.whitelist, context)
  if (context.problems.length > before) return undefined
  const kept = children.filter((item) => item !== undefined)
  return {
    name,
    filter,
    nextStage: spec.nextStage,
    grok,
    whitelist,
    stashes: stashes.filter((item) => item !== undefined),
    assignments: assignments.filter((item) => item !== undefined),
    children: kept,
    childFilter: childFilterOf(kept),
  }
}

/** A filter over the groks of the field that most children read. */
function childFilterOf(children: readonly ParserNode[]): ChildFilter | undefined {
  const keyOf = ({ grok }: ParserNode): string | undefined => {
    if (grok === undefined || !('kind' in grok.source)) return undefined
    return grok.source.kind === 'raw' ? '' : grok.source.key
  }
  const counts = new Map<string, number>()
  for (const child of children) {
    const key = keyOf(child)
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a)
  if (most === undefined || most[1] < fewestFiltered) return undefined
  const groks: Grok[] = []
  const numbers = children.map((child) => {
    if (child.grok === undefined || keyOf(child) !== most[0]) return undefined
    groks.push(child.grok.grok)
    return groks.length - 1
  })
  const isWhole = children.every((child, at) => numbers[at] !== undefined && isLeaf(child))
  return { filter: new GrokFilter(groks), key: most[0] === '' ? undefined : most[0], numbers, isWhole }
}

function addPatterns(spec: NodeSpec, { context, groks }: NodeSurroundings): void {
  for (const [name, pattern] of spec.patterns) {
    try {
      groks.add(name, pattern)
    } catch (error) {
      if (!(error instanceof GrokError)) throw error
      context.report(spec.place, 'pattern_syntax', `pattern ${name}: ${error.message}`)
    }
  }
}

function compileGrok(spec: GrokSpec, around: NodeSurroundings): NodeGrok | undefined {
  const { context, groks } = around
  const source = grokSource(spec, context)
  const assignments = spec.statics.map((item) => compileStatic(item, around))
  try {
    const grok = spec.name === '' ? groks.compile(spec.pattern) : groks.compileName(spec.name)
    if (source === undefined) return undefined
    const label = spec.name === '' ? spec.pattern : spec.name
    return { grok, label, source, assignments: assignments.filter((item) => item !== undefined) }
  } catch (error) {
    if (!(error instanceof GrokError)) throw error
    context.report(spec.place, spec.name === '' ? 'pattern' : 'name', error.message)
    return undefined
  }
}

function grokSource(spec: GrokSpec, context: CompileContext): NodeGrok['source'] | undefined {
  if (spec.applyOn === 'Line.Raw') return { kind: 'raw' }
  if (spec.applyOn !== '') {
    context.factory.reads.add(spec.applyOn)
    return { kind: 'parsed', key: spec.applyOn }
  }
  return context.expression(spec.expression, { place: spec.place, key: 'expression' })
}

const labels: Readonly<Record<StaticSpec['target'], string>> = {
  meta: 'Meta.',
  parsed: 'Parsed.',
  enriched: 'Enriched.',
  path: '',
  method: '',
}

function compileStatic(spec: StaticSpec, around: NodeSurroundings): Assignment | undefined {
  const { context } = around
  // A fixed text wins over an expression.
  let value: string | Expression | undefined = spec.value
  if (spec.value === '' && spec.expression !== '')
    value = context.expression(spec.expression, { place: spec.place, key: 'expression' })
  const write = writerOf(spec, around.enrichers)
  if (write === undefined)
    context.report(
      spec.place,
      spec.target === 'path' ? 'target' : spec.target,
      `there is no ${spec.target === 'method' ? 'method' : 'target'} ${spec.name}`,
    )
  if (value === undefined || write === undefined) return undefined
  const takesEmpty = spec.target === 'method' && spec.name === 'ParseDate'
  return { label: `${labels[spec.target]}${spec.name}`, value, takesEmpty, write }
}

function writerOf(
  spec: StaticSpec,
  enrichers: ReadonlyMap<string, Enricher>,
): Assignment['write'] | undefined {
  const { name } = spec
  switch (spec.target) {
    case 'meta':
      return (record, text) => void record.Meta.set(name, text)
    case 'parsed':
      return (record, text) => void record.Parsed.set(name, text)
    case 'enriched':
      return (record, text) => void record.Enriched.set(name, text)
    case 'path':
      // A path that leads nowhere assigns nothing, as in CrowdSec: the rule's other assignments count.
      return targetWriter(name) ?? (() => {})
    case 'method': {
      const enricher = enrichers.get(name)
      return enricher === undefined ? undefined : (record, text) => enricher(text, record)
    }
  }
}

function compileStash(spec: StashSpec, { context, stash }: NodeSurroundings): NodeStash | undefined {
  const ttlNs = parseGoDuration(spec.ttl)
  if (ttlNs === undefined || ttlNs <= 0)
    context.report(spec.place, 'ttl', 'ttl must be a duration such as 1m')
  const strategy = strategyOf(spec.strategy)
  if (strategy === undefined) context.report(spec.place, 'strategy', 'strategy must be LRU, LFU or ARC')
  const key = context.expression(spec.key, { place: spec.place, key: 'key' })
  const value = context.expression(spec.value, { place: spec.place, key: 'value' })
  if (key === undefined || value === undefined || strategy === undefined || ttlNs === undefined)
    return undefined
  stash.open(spec.name, { size: spec.size <= 0 ? 100 : spec.size, ttlMs: ttlNs / 1e6, strategy })
  return { key, value, put: (name, text) => stash.set(spec.name, name, text) }
}

function strategyOf(text: string): StashStrategy | undefined {
  if (text === '') return 'LRU'
  return text === 'LRU' || text === 'LFU' || text === 'ARC' ? text : undefined
}

function compileWhitelist(spec: WhitelistSpec, context: CompileContext): NodeWhitelist {
  const addresses = addressSet(spec.ips, spec.cidrs)
  for (const wrong of addresses.wrong)
    context.report(spec.place, undefined, `${wrong} is no address and no network`)
  const expressions = spec.expressions
    .map((source) => context.expression(source, { place: spec.place, key: 'expression' }))
    .filter((item) => item !== undefined)
  return {
    reason: spec.reason,
    hasAddresses: spec.ips.length + spec.cidrs.length > 0,
    holds: addresses.holds,
    expressions: joined(spec.expressions, expressions, context),
  }
}

/** One expression that is true when any of several is: one call instead of many. Those that cannot be joined stay apart. */
function joined(
  sources: readonly string[],
  expressions: readonly Expression[],
  { factory }: CompileContext,
): readonly Expression[] {
  if (expressions.length < 2 || expressions.length < sources.length) return expressions
  try {
    return [factory.compile(sources.map((source) => `(${source})`).join(' || '), 'event')]
  } catch (error) {
    if (!(error instanceof ExprError)) throw error
    return expressions
  }
}
