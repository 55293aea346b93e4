import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Alias, Document, Node, ParsedNode, YAMLMap } from 'yaml'
import type { YamlLimits } from './limits.ts'
import { maxYamlErrors } from './limits.ts'
import type { YamlError, YamlErrorCode, YamlPosition } from './yaml-error.ts'

interface Build {
  readonly document: Document.Parsed<ParsedNode>
  readonly limits: YamlLimits
  readonly position: (offset: number) => YamlPosition
  readonly errors: YamlError[]
  /** Nodes whose value is being built: an alias to one of them has no end. */
  readonly open: Set<unknown>
  /** Anchors seen so far, in source order; a later one of the same name replaces an earlier one. */
  readonly anchors: Map<string, Node>
  /** Aliases being replaced; anchors met while replacing were met before. */
  expanding: number
  nodes: number
  /** A limit was passed and reported: nothing more is built. */
  over: boolean
}

function shown(text: string, most = 40): string {
  const safe = text.replaceAll(
    /[^\x20-\x7e]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return safe.length > most ? `${safe.slice(0, most)}...` : safe
}

function report(build: Build, code: YamlErrorCode, message: string, node: Node | null | undefined): void {
  if (build.errors.length >= maxYamlErrors) return
  build.errors.push({ code, message, ...build.position(node?.range?.[0] ?? 0) })
}

/** Text of a map key; numbers, booleans and null are written as they stand in the source. */
function keyText(build: Build, key: unknown): string | undefined {
  if (isScalar(key)) return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
  report(build, 'YAML_KEY_NOT_TEXT', 'a key must be plain text', key as Node)
  return undefined
}

function buildMap(build: Build, map: YAMLMap, depth: number): unknown {
  // No prototype: `__proto__` and `constructor` are keys like any other.
  const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const { key, value: member } of map.items) {
    if (build.over) break
    const text = keyText(build, key)
    if (text === undefined) continue
    if (text in value)
      report(build, 'YAML_DUPLICATE_KEY', `the key "${shown(text)}" stands twice`, key as Node)
    value[text] = buildNode(build, member as Node | null, depth + 1)
  }
  return value
}

function buildAlias(build: Build, alias: Alias, depth: number): unknown {
  const target = build.anchors.get(alias.source)
  if (target === undefined || build.open.has(target)) {
    const message =
      target === undefined ? 'an alias without an anchor before it' : 'an alias inside its own anchor'
    report(build, 'YAML_BAD_ALIAS', message, alias)
    return null
  }
  build.expanding += 1
  const value = buildNode(build, target, depth)
  build.expanding -= 1
  return value
}

const knownTags = new Set(['!!map', '!!seq', '!!str', '!!int', '!!float', '!!bool', '!!null', '!', '?'])

function checkTag(build: Build, node: Node): void {
  const tag = 'tag' in node ? node.tag : undefined
  if (typeof tag !== 'string' || tag.startsWith('tag:yaml.org,2002:') || knownTags.has(tag)) return
  report(build, 'YAML_UNKNOWN_TAG', `the tag "${shown(tag)}" is not known`, node)
}

/** Reports the first limit that is passed; the tree behind it is not walked. */
function passed(build: Build, node: Node | null, depth: number): boolean {
  if (build.over) return true
  const { maxNodes, maxDepth } = build.limits
  build.nodes += 1
  if (build.nodes > maxNodes) {
    report(build, 'YAML_TOO_MANY_NODES', `more than ${maxNodes} values, aliases counted in full`, node)
    build.over = true
  } else if (depth >= maxDepth && (isMap(node) || isSeq(node))) {
    report(build, 'YAML_TOO_DEEP', `nested deeper than ${maxDepth} levels, aliases counted in full`, node)
    build.over = true
  }
  return build.over
}

function buildNode(build: Build, node: Node | null, depth: number): unknown {
  if (isAlias(node)) return buildAlias(build, node, depth)
  if (passed(build, node, depth) || node === null) return null
  checkTag(build, node)
  if (build.expanding === 0 && 'anchor' in node && typeof node.anchor === 'string')
    build.anchors.set(node.anchor, node)
  if (isScalar(node)) return typeof node.value === 'bigint' ? Number(node.value) : node.value
  build.open.add(node)
  const value = isMap(node)
    ? buildMap(build, node, depth)
    : isSeq(node)
      ? buildList(build, node.items as (Node | null)[], depth)
      : null
  build.open.delete(node)
  return value
}

function buildList(build: Build, items: readonly (Node | null)[], depth: number): unknown[] {
  const list: unknown[] = []
  for (const item of items) {
    list.push(buildNode(build, item, depth + 1))
    if (build.over) break
  }
  return list
}

/** What one document holds, as plain values, and what is wrong with it. `nodes` counts values for the whole text. */
export interface Built {
  readonly value: unknown
  readonly errors: readonly YamlError[]
  readonly nodes: number
}

/** Turns a document tree into plain values: maps without prototype, arrays, strings, numbers, booleans, null. */
export function buildDocument(
  document: Document.Parsed<ParsedNode>,
  sources: {
    readonly limits: YamlLimits
    readonly position: (offset: number) => YamlPosition
    readonly nodes: number
  },
): Built {
  const { limits, position } = sources
  const errors: YamlError[] = document.errors.slice(0, maxYamlErrors).map((error) => ({
    code: 'YAML_SYNTAX',
    message: shown(error.message.split('\n', 1)[0] ?? 'bad syntax', 160),
    ...position(error.pos[0]),
  }))
  const build: Build = {
    document,
    limits,
    position,
    errors,
    open: new Set(),
    anchors: new Map(),
    expanding: 0,
    nodes: sources.nodes,
    over: false,
  }
  // A tree with syntax errors is a guess; errors found in a guess would mislead.
  const value = errors.length > 0 ? undefined : buildNode(build, document.contents, 0)
  return { value: errors.length > 0 ? undefined : value, errors, nodes: build.nodes }
}
