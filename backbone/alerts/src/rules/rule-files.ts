import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AlertsError } from '../alerts-error.ts'

/** Most files of one folder, and the largest one in bytes. */
export const ruleFileLimits: { readonly maxFiles: number; readonly maxBytes: number } = {
  maxFiles: 20_000,
  maxBytes: 4_194_304,
}

/** Folder of our own pack. */
export const packFolder: string = fileURLToPath(new URL('../../rules/', import.meta.url))

/** One file of a folder. */
export interface RuleFile {
  readonly path: string
  readonly text: string
}

/**
 * YAML files below a folder, in order of their names; a file is its own folder.
 * @throws AlertsError ALERTS_RULES when the folder cannot be read or holds too much.
 */
export function readYamlFiles(folder: string): readonly RuleFile[] {
  try {
    const paths = statSync(folder).isFile() ? [folder] : yamlPaths(folder)
    if (paths.length > ruleFileLimits.maxFiles)
      throw new AlertsError('ALERTS_RULES', `${folder} holds more than ${ruleFileLimits.maxFiles} files`)
    return paths.map(readOne)
  } catch (error) {
    if (error instanceof AlertsError) throw error
    throw new AlertsError('ALERTS_RULES', `${folder} cannot be read`, error)
  }
}

function yamlPaths(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

function readOne(path: string): RuleFile {
  if (statSync(path).size > ruleFileLimits.maxBytes)
    throw new AlertsError('ALERTS_RULES', `${path} is larger than ${ruleFileLimits.maxBytes} bytes`)
  return { path, text: readFileSync(path, 'utf8') }
}
