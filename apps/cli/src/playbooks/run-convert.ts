import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseBoundedJson } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import { parseYaml } from '@sevenfold/yaml'
import { CliError, environmentError, exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'

const limits = { maxTextLength: 1_048_576, maxDepth: 32, maxNodes: 50_000, maxStringLength: 65_536 }

function read(call: Call): { readonly path: string; readonly text: string } {
  const [word = ''] = call.words
  const path = resolve(call.io.cwd, word)
  try {
    return { path, text: readFileSync(path, 'utf8') }
  } catch (error) {
    throw environmentError(`${path} cannot be read`, 'name a file', error)
  }
}

function refused(path: string, error: unknown): CliError {
  const message = error instanceof Error ? error.message : String(error)
  return new CliError(
    exitCodes.findings,
    `${path}: ${message}`,
    'docs/alerts.md says what a playbook may hold',
  )
}

/** Prints a playbook of ours as CACAO 2.0. */
export async function runExport(call: Call): Promise<number> {
  const { path, text } = read(call)
  const { exportCacao, parsePlaybook } = await import('@sevenfold/alerts')
  const { value, errors } = parseYaml(text)
  const [error] = errors
  if (error !== undefined) throw refused(`${path}:${error.line}`, new Error(error.message))
  try {
    call.io.out(JSON.stringify(exportCacao(parsePlaybook(value as Json), Date.now()), undefined, 2))
  } catch (cause) {
    throw refused(path, cause)
  }
  return exitCodes.ok
}

/** Prints a CACAO 2.0 playbook as one of ours. What it cannot say is refused by name. */
export async function runImport(call: Call): Promise<number> {
  const { path, text } = read(call)
  const { importCacao, playbookDocument } = await import('@sevenfold/alerts')
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok) throw refused(path, new Error(parsed.message))
  try {
    // JSON is YAML; a person may write it nicer.
    call.io.out(JSON.stringify(playbookDocument(importCacao(parsed.value)), undefined, 2))
  } catch (cause) {
    throw refused(path, cause)
  }
  return exitCodes.ok
}
