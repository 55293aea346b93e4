import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RuleFiles, RuleText } from '@sevenfold/seclang'
import { crsSetup, engineSetup } from '@sevenfold/seclang/tools'
import { environmentError, usageError } from '../program/cli-error.ts'

/** Which rules a tool runs with. */
export interface RuleChoice {
  /** `builtin`, files and folders; a folder with a `rules` folder in it is a whole Core Rule Set. */
  readonly rules: readonly string[]
  /** Set-up file that is read before the rules. */
  readonly setup?: string
  readonly paranoia?: number
  /** `test` matches without blocking, with the limits of CRS's own tests. */
  readonly mode: 'block' | 'test'
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function configFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.conf'))
    .sort()
    .map((name) => join(folder, name))
}

function rulePaths(entry: string): string[] {
  if (entry === 'builtin')
    return configFiles(fileURLToPath(new URL('../rules/', import.meta.resolve('@sevenfold/seclang'))))
  if (!existsSync(entry))
    throw usageError(`there are no rules in ${entry}`, 'name builtin, a folder or a file with --rules')
  if (!isFolder(entry)) return [entry]
  const inside = join(entry, 'rules')
  const paths = configFiles(isFolder(inside) ? inside : entry)
  if (paths.length === 0)
    throw usageError(`the folder ${entry} has no .conf files`, 'name a folder with rules')
  return paths
}

/** The set-up file that belongs to a whole Core Rule Set, when none was named. */
function setupOf(entry: string): string | undefined {
  return ['crs-setup.conf', 'crs-setup.conf.example']
    .map((name) => join(entry, name))
    .find((path) => isFolder(entry) && existsSync(path))
}

const markText = 'SecAction "id:900990,phase:1,pass,nolog,setvar:tx.crs_setup_version=400"\n'

function paranoiaText(level: number): string {
  const names = [
    'blocking_paranoia_level',
    'detection_paranoia_level',
    'paranoia_level',
    'executing_paranoia_level',
    'sf_paranoia',
  ]
  return `SecAction "id:769900,phase:1,pass,nolog,${names.map((name) => `setvar:tx.${name}=${level}`).join(',')}"\n`
}

function read(path: string): RuleText {
  try {
    return { file: path, text: readFileSync(path, 'latin1') }
  } catch (error) {
    throw environmentError(`the rule file ${path} cannot be read`, 'name a file that you may read', error)
  }
}

/** Folders that hold a published Core Rule Set. */
export function coreFolders(texts: readonly RuleText[]): ReadonlySet<string> {
  return new Set(texts.filter(({ file }) => isCoreFile(file)).map(({ file }) => dirname(file)))
}

function isCoreFile(path: string): boolean {
  return basename(path).startsWith('REQUEST-901')
}

/** The texts that a choice stands for, in the order in which they are read. @throws CliError. */
export function ruleTexts(choice: RuleChoice): readonly RuleText[] {
  const setup = choice.setup ?? choice.rules.map(setupOf).find((path) => path !== undefined)
  const paths = choice.rules.flatMap(rulePaths).filter((path) => path !== setup)
  const isCoreRuleSet = paths.some(isCoreFile)
  return [
    // Whoever brings the recommended settings of an engine brings rules with these ids.
    { file: 'engine', text: engineSetup({ mode: choice.mode }), yields: true },
    ...(setup === undefined ? [] : [read(setup)]),
    // Without this mark the Core Rule Set refuses every request; its set-up file carries it.
    ...(isCoreRuleSet && setup === undefined ? [{ file: 'mark', text: markText }] : []),
    ...(isCoreRuleSet && choice.mode === 'test' ? [{ file: 'crs', text: crsSetup({ mode: 'test' }) }] : []),
    ...(choice.paranoia === undefined ? [] : [{ file: 'paranoia', text: paranoiaText(choice.paranoia) }]),
    ...paths.map(read),
  ]
}

function toPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's')
}

/** Files that rules name, on this machine's disk. */
export const ruleFiles: RuleFiles = {
  resolve: (path, from) => {
    const full = isAbsolute(path) ? path : resolve(dirname(from), path)
    if (!/[*?]/.test(full)) return [full]
    const pattern = toPattern(basename(full))
    if (/[*?]/.test(dirname(full))) throw new Error('only the last part of a path may be a pattern')
    return readdirSync(dirname(full))
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => join(dirname(full), name))
  },
  read: (path) => readFileSync(path, 'latin1'),
}
