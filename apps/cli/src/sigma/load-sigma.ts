import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compileSigma } from '@sevenfold/sigma'
import type { SigmaDocument, SigmaRuleSet, SigmaValue } from '@sevenfold/sigma'
import { parseYamlStream } from '@sevenfold/yaml'
import type { ParsedYaml } from '@sevenfold/yaml'
import { environmentError } from '../program/cli-error.ts'
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
  const rules = compileSigma(documents)
  for (const { source, error } of rules.problems) {
    const from = byName.get(source)
    call.io.note(`${from === undefined ? source : place(from, error.path)}: ${error.message}`)
  }
  return rules
}
