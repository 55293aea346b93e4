import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import type { RuleDocument, RuleFile, RuleFiles, RuleProblem, StagedRuleFile } from '@sevenfold/behaviour'
import { parseYamlStream, yamlLimits } from '@sevenfold/yaml'
import { chooseItems } from './choose-items.ts'
import { ruleText } from './rule-text.ts'

/** Named limits of a folder of rules. */
export const hubLimits = {
  /** Rule files of one kind. */
  maxFiles: 20_000,
  maxDepth: 8,
  /** YAML documents of one file. */
  maxDocuments: 1_000,
} as const

/** Kinds of rule files, each a folder of its own. */
export type HubKind = 'parsers' | 'postoverflows' | 'scenarios' | 'contexts' | 'collections'

/** One rule file of a folder. */
export interface HubItem {
  readonly kind: HubKind
  /** As collections and tests name it: `crowdsecurity/sshd-logs`. */
  readonly name: string
  readonly path: string
  /** Of parsers and postoverflows; else empty. */
  readonly stage: string
}

/** A folder with rules of the hub: a copy of the hub, or what CrowdSec has installed. */
export interface HubFolder {
  readonly root: string
  readonly items: readonly HubItem[]
  /** Contents of pattern files in the order of their names. */
  readonly patterns: readonly string[]
}

function* rulePaths(folder: string, depth = 0): Generator<string> {
  if (depth > hubLimits.maxDepth || !existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name)
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    if (isFolder) yield* rulePaths(path, depth + 1)
    else if (/\.ya?ml$/u.test(entry.name)) yield path
  }
}

function itemOf(kind: HubKind, folder: string, path: string): HubItem {
  const parts = relative(folder, path).split(sep)
  const isStaged = kind === 'parsers' || kind === 'postoverflows'
  const stage = isStaged ? (parts[0] ?? '') : ''
  const rest = isStaged ? parts.slice(1) : parts
  return { kind, path, stage, name: rest.join('/').replace(/\.ya?ml$/u, '') }
}

function itemsOf(root: string, kind: HubKind): readonly HubItem[] {
  const folder = join(root, kind)
  const items: HubItem[] = []
  for (const path of rulePaths(folder)) {
    if (items.length >= hubLimits.maxFiles)
      throw new Error(`${folder} holds more than ${hubLimits.maxFiles} files`)
    items.push(itemOf(kind, folder, path))
  }
  return items
}

function patternsOf(root: string): readonly string[] {
  const folder = join(root, 'patterns')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => !name.includes('.') && statSync(join(folder, name)).isFile())
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}

/** Looks at a folder of rules: `parsers/`, `scenarios/`, `postoverflows/`, `contexts/`, `collections/`, `patterns/`. Throws an `Error` when there is nothing in it. */
export function openHubFolder(root: string): HubFolder {
  const kinds = ['parsers', 'postoverflows', 'scenarios', 'contexts', 'collections'] as const
  const items = kinds.flatMap((kind) => itemsOf(root, kind))
  if (items.length === 0) throw new Error(`there are no parsers and no scenarios in ${root}`)
  return { root, items, patterns: patternsOf(root) }
}

/** The documents of a rule file; a file or YAML that cannot be read is reported and left out. */
export function readRuleFile(path: string, name: string, problems: RuleProblem[]): RuleFile {
  const documents: RuleDocument[] = []
  const read = ruleText(path)
  if ('problem' in read) {
    problems.push({ file: name, line: 1, column: 1, message: read.problem })
    return { documents }
  }
  for (const parsed of parseYamlStream(read.text, { ...yamlLimits, maxDocuments: hubLimits.maxDocuments })) {
    for (const { line, column, message } of parsed.errors)
      problems.push({ file: name, line, column, message })
    if (parsed.errors.length === 0)
      documents.push({ file: name, value: parsed.value, at: (at, what) => parsed.at(at, what) })
  }
  return { documents }
}

/** Rule files for an engine, and what could not be read. */
export interface HubRuleFiles {
  readonly files: RuleFiles
  readonly problems: readonly RuleProblem[]
}

/** Reads items of a folder. */
export function readItems(
  hub: Pick<HubFolder, 'root' | 'patterns'>,
  items: readonly HubItem[],
): HubRuleFiles {
  const problems: RuleProblem[] = []
  const read = (item: HubItem): RuleFile => readRuleFile(item.path, relative(hub.root, item.path), problems)
  const staged = (kind: HubKind): readonly StagedRuleFile[] =>
    items
      .filter((item) => item.kind === kind)
      .map((item) => ({ ...read(item), stage: item.stage, name: basename(item.path) }))
  const plain = (kind: HubKind): readonly RuleFile[] => items.filter((item) => item.kind === kind).map(read)
  const files: RuleFiles = {
    patterns: hub.patterns,
    parsers: staged('parsers'),
    postoverflows: staged('postoverflows'),
    scenarios: plain('scenarios'),
    contexts: plain('contexts'),
  }
  return { files, problems }
}

/** Reads the items of named collections, or, without names, everything in the folder. Throws an `Error` for a name that is not there. */
export function readHub(hub: HubFolder, collections: readonly string[] = []): HubRuleFiles {
  return readItems(hub, collections.length === 0 ? hub.items : chooseItems(hub, collections))
}
