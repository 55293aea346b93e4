import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SigmaError, compileSigma, parseMapping } from '@sevenfold/sigma'
import type { Placeholders, SigmaDocument, SigmaOptions, SigmaRuleSet, SigmaValue } from '@sevenfold/sigma'
import { parseYamlStream } from '@sevenfold/yaml'
import type { ParsedYaml } from '@sevenfold/yaml'
import { environmentError, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'

const yamlLimits = { maxBytes: 4 * 1024 * 1024, maxDepth: 32, maxNodes: 200_000, maxDocuments: 1000 }

interface Source {
  readonly name: string
  readonly yaml: ParsedYaml
}

function filesIn(path: string): string[] {
  let entries
  try {
    entries = readdirSync(path, { recursive: true, withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [path]
    throw environmentError(`there are no rules in ${path}`, 'name a folder with --rules', error)
  }
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function readSources(path: string): Source[] {
  return parseYamlStream(readFileSync(path, 'utf8'), yamlLimits).map((yaml, index) => {
    return { name: index === 0 ? path : `${path}#${index + 1}`, yaml }
  })
}

/** The place of a fault as `file:line:column`. */
function place({ name, yaml }: Source, path: readonly (string | number)[]): string {
  const { line, column } = yaml.at(path)
  return `${name}:${line}:${column}`
}

/** The one document of a file that an option names. @throws CliError. */
function optionFile(call: Call, option: string): SigmaValue | undefined {
  const name = call.text(option)
  if (name === undefined) return undefined
  const path = resolve(call.io.cwd, name)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw environmentError(`${path} cannot be read`, `name another file with --${option}`, error)
  }
  const [yaml] = parseYamlStream(text, yamlLimits)
  const fault = yaml?.errors[0]
  if (fault !== undefined)
    throw usageError(`${path}:${fault.line}: ${fault.message}`, `see --help about --${option}`)
  return (yaml?.value ?? null) as SigmaValue
}

function readPlaceholders(value: SigmaValue): Placeholders {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usageError('--placeholders is no mapping', 'name: [value, value]')
  return Object.fromEntries(
    Object.entries(value).map(([name, values]) => [
      name,
      (Array.isArray(values) ? values : [values]).map(String),
    ]),
  )
}

function sigmaOptions(call: Call): SigmaOptions {
  const [placeholders, mapping] = [optionFile(call, 'placeholders'), optionFile(call, 'mapping')]
  try {
    return {
      ...(placeholders === undefined ? {} : { placeholders: readPlaceholders(placeholders) }),
      ...(mapping === undefined
        ? {}
        : { mappings: (Array.isArray(mapping) ? mapping : [mapping]).map(parseMapping) }),
    }
  } catch (error) {
    if (error instanceof SigmaError) throw usageError(`--mapping: ${error.message}`, 'see sigma eval --help')
    throw error
  }
}

/**
 * Compiles the rules of a call. Documents that cannot be used are named on standard error with their place; the
 * others work. @throws CliError when a folder cannot be read.
 */
export function loadSigma(call: Call): SigmaRuleSet {
  const named = [...call.texts('rules'), ...call.words].map((path) => resolve(call.io.cwd, path))
  const sources = named.flatMap(filesIn).flatMap(readSources)
  const byName = new Map(sources.map((source) => [source.name, source]))
  for (const { name, yaml } of sources) {
    for (const { line, column, message } of yaml.errors) call.io.note(`${name}:${line}:${column}: ${message}`)
  }
  const documents: SigmaDocument[] = sources
    .filter(({ yaml }) => yaml.errors.length === 0 && yaml.value !== null)
    // The parser gives maps, lists, strings, numbers, booleans and null: what the engine takes.
    .map(({ name, yaml }) => ({ source: name, value: yaml.value as SigmaValue }))
  const rules = compileSigma(documents, sigmaOptions(call))
  for (const { source, error } of rules.problems) {
    const from = byName.get(source)
    call.io.note(`${from === undefined ? source : place(from, error.path)}: ${error.message}`)
  }
  return rules
}
