import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileSigma, parseMapping } from '@sevenfold/sigma'
import type {
  FieldMapping,
  LogSource,
  RuleInfo,
  SigmaDocument,
  SigmaRuleSet,
  SigmaValue,
} from '@sevenfold/sigma'
import type { AlertRule } from '../alert/alert.ts'
import { levelOf } from '../alert/level.ts'
import type { ParsedYaml } from '@sevenfold/yaml'
import { packFolder, readYamlFiles } from './rule-files.ts'
import type { RuleFile } from './rule-files.ts'
import { joinSettings, noSettings, readSettings } from './rule-settings.ts'
import type { RuleSettings } from './rule-settings.ts'
import { plainRunbook, readRunbook } from './runbook.ts'
import type { Runbook } from './runbook.ts'

const yamlLimits = { maxBytes: 4_194_304, maxDepth: 32, maxNodes: 200_000, maxDocuments: 1_000 }

/** A document that cannot be used, and where it is. */
export interface RuleProblem {
  readonly source: string
  readonly message: string
}

/** Documents of rules as they were read. */
export interface RuleDocuments {
  readonly documents: readonly SigmaDocument[]
  readonly problems: readonly RuleProblem[]
  /** Values for `|expand`, and names of fields, that stand in files beside the rules. */
  readonly settings?: RuleSettings
}

/** One line of `pack.ndjson`: a document of our pack as data, so that the usual start needs no YAML. */
interface PackEntry {
  readonly source: string
  readonly value: SigmaValue
}

function readPack(): readonly SigmaDocument[] {
  const lines = readFileSync(join(packFolder, 'pack.ndjson'), 'utf8').split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const { source, value } = JSON.parse(line) as PackEntry
      return { source: join(packFolder, source), value }
    })
}

function parsedFile(
  { path, text }: RuleFile,
  parse: (text: string, limits: typeof yamlLimits) => readonly ParsedYaml[],
): FolderPart {
  const part: FolderPart = { documents: [], problems: [], settings: [] }
  for (const [index, parsed] of parse(text, yamlLimits).entries()) {
    const source = index === 0 ? path : `${path}#${index + 1}`
    for (const { line, message } of parsed.errors) part.problems.push({ source: `${path}:${line}`, message })
    if (parsed.errors.length > 0 || parsed.value === null) continue
    // The parser gives what the engine takes: maps, lists and scalars.
    const value = parsed.value as SigmaValue
    try {
      const settings = readSettings(value)
      if (settings === undefined) part.documents.push({ source, value })
      else part.settings.push(settings)
    } catch (error) {
      part.problems.push({ source, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return part
}

interface FolderPart {
  readonly documents: SigmaDocument[]
  readonly problems: RuleProblem[]
  readonly settings: RuleSettings[]
}

/** Reads the documents of a folder. @throws AlertsError ALERTS_RULES when it cannot be read. */
export async function readFolderDocuments(folder: string): Promise<RuleDocuments> {
  const { parseYamlStream } = await import('@sevenfold/yaml')
  const parts = readYamlFiles(folder).map((file) => parsedFile(file, parseYamlStream))
  return {
    documents: parts.flatMap(({ documents }) => documents),
    problems: parts.flatMap(({ problems }) => problems),
    settings: joinSettings(parts.flatMap(({ settings }) => settings)),
  }
}

/** Reads the documents of `builtin` and of folders. @throws AlertsError ALERTS_RULES for a folder that cannot be read. */
export async function readRuleDocuments(folders: readonly string[]): Promise<RuleDocuments> {
  const read = await Promise.all(
    folders.map(async (folder) =>
      folder === 'builtin' ? { documents: readPack(), problems: [] } : await readFolderDocuments(folder),
    ),
  )
  return {
    documents: read.flatMap(({ documents }) => documents),
    problems: read.flatMap(({ problems }) => problems),
    settings: joinSettings(read.flatMap((one) => ('settings' in one ? [one.settings ?? noSettings] : []))),
  }
}

/** Our field mappings for the log sources of public rules. */
export function readMappings(): readonly FieldMapping[] {
  const value = JSON.parse(readFileSync(join(packFolder, 'mappings.json'), 'utf8')) as SigmaValue[]
  return value.map(parseMapping)
}

/** Compiled rules with what people need of them. */
export interface LoadedRules {
  readonly set: SigmaRuleSet
  readonly problems: readonly RuleProblem[]
  alertRule(info: RuleInfo): AlertRule
  runbook(id: string): Runbook | undefined
  /** Log source of a detection rule. */
  logsource(id: string): LogSource | undefined
  /** Detection rules below a rule: itself, or those of a correlation. */
  baseRules(id: string): readonly string[]
}

const tacticNames = /^attack\.(?!t\d|g\d|s\d)([a-z][a-z-]+)$/
const techniqueNames = /^attack\.(t\d{4}(?:\.\d{3})?)$/

/** The rule as alerts carry it. */
export function toAlertRule(info: RuleInfo): AlertRule {
  return {
    id: info.id,
    name: info.name ?? info.id,
    title: info.title,
    level: levelOf(info.level),
    author: info.author ?? '',
    tactics: info.tags.flatMap((tag) => tacticNames.exec(tag)?.[1] ?? []),
    techniques: info.tags.flatMap((tag) => techniqueNames.exec(tag)?.[1]?.toUpperCase() ?? []),
  }
}

interface Known {
  readonly runbook: Runbook | undefined
  readonly logsource: LogSource | undefined
  readonly names: readonly string[]
}

function known(documents: readonly SigmaDocument[]): ReadonlyMap<string, Known> {
  const all = new Map<string, Known>()
  for (const { value } of documents) {
    const document = value as Readonly<Record<string, unknown>>
    const id = String(document['id'] ?? document['name'] ?? document['title'])
    const names = [document['id'], document['name']].filter((name) => typeof name === 'string')
    const logsource = document['logsource'] as LogSource | undefined
    all.set(id, { runbook: readRunbook(value), logsource, names })
  }
  return all
}

/** Compiles documents and the filters that people wrote. Whatever cannot be used is named. */
export function compileRules(read: RuleDocuments, filters: readonly SigmaDocument[]): LoadedRules {
  const { placeholders, mappings } = read.settings ?? noSettings
  const options = { placeholders, mappings: [...readMappings(), ...mappings] }
  const set = compileSigma([...read.documents, ...filters], options)
  const about = known(read.documents)
  const infos = new Map(
    [...set.rules, ...set.correlations.map(({ info }) => info)].map((info) => [info.id, info]),
  )
  const rules = new Map<string, AlertRule>()
  const idOf = (reference: string): string =>
    [...infos.values()].find(({ id, name }) => id === reference || name === reference)?.id ?? reference
  const baseRules = (id: string, depth = 0): readonly string[] => {
    const correlation = set.correlations.find(({ info }) => info.id === id)
    if (correlation === undefined || depth > 8) return [id]
    return correlation.rules.flatMap((reference) => baseRules(idOf(reference), depth + 1))
  }
  return {
    set,
    problems: [
      ...read.problems,
      ...set.problems.map(({ source, error }) => ({ source, message: error.message })),
    ],
    alertRule: (info) => {
      const rule = rules.get(info.id) ?? toAlertRule(info)
      rules.set(info.id, rule)
      return rule
    },
    runbook: (id) => {
      const info = infos.get(id)
      return about.get(id)?.runbook ?? (info === undefined ? undefined : plainRunbook(info))
    },
    logsource: (id) => about.get(id)?.logsource,
    baseRules: (id) => [...new Set(baseRules(id))],
  }
}
